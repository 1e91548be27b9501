import type { Player } from "./player";

/** Shows the song on the lock screen and lets the keys of headphones and keyboards work. */
export function connectMediaSession(player: Player): void {
  const session = navigator.mediaSession;
  if (!session) return;
  session.setActionHandler("play", () => player.toggle());
  session.setActionHandler("pause", () => player.pause());
  session.setActionHandler("nexttrack", () => player.next());
  session.setActionHandler("previoustrack", () => player.previous());
  session.setActionHandler("seekto", ({ seekTime }) => seekTime !== undefined && player.seek(seekTime));
  let shown: string | undefined;
  player.watch(() => {
    const { song, status, position, duration } = player.state;
    session.playbackState = status === "playing" || status === "starting" ? "playing" : song ? "paused" : "none";
    if (duration > 0 && position <= duration) session.setPositionState({ duration, position, playbackRate: 1 });
    if (song?.id === shown) return;
    shown = song?.id;
    session.metadata = song
      ? new MediaMetadata({
          title: song.title,
          artist: song.artist,
          album: song.album,
          artwork: song.coverUrl ? [{ src: song.coverUrl, type: "image/jpeg" }] : [],
        })
      : null;
  });
}
