import { memo, useSyncExternalStore, type Ref } from "react";
import type { App } from "../app/app";
import type { Song } from "../cloud/tables";
import { clock } from "../i18n/translate";
import { Cover } from "./Cover";
import { Icon } from "./icons";
import { usePreferences } from "./preferences";

type RowState = "" | "starting" | "playing" | "paused" | "failed";

export function SongList({ ref, app, songs, ready }: { ref: Ref<HTMLOListElement>; app: App; songs: readonly Song[]; ready: boolean }) {
  const { t } = usePreferences();
  const { song: current, status } = useSyncExternalStore(app.player.watch, () => app.player.state);
  const state = status === "idle" ? "" : status;
  return (
    <>
      {!ready && (
        <p className="preparing" role="status">
          {t("preparing")}
        </p>
      )}
      <ol className="songs" ref={ref}>
        {songs.map((song) => (
          <Row key={song.id} app={app} song={song} state={song.id === current?.id ? state : ""} />
        ))}
      </ol>
    </>
  );
}

const Row = memo(function Row({ app, song, state }: { app: App; song: Song; state: RowState }) {
  const { t } = usePreferences();
  const active = state === "playing" || state === "starting";
  const press = () => (state === "" || state === "failed" ? void app.play(song) : app.player.toggle());
  const label = active ? t("pauseSong", { title: song.title }) : t("play", { title: song.title, artist: song.artist });
  return (
    <li className={`song ${state}`} aria-current={state !== "" || undefined}>
      <Cover url={song.coverUrl} size={56} />
      <div className="names">
        <span className="name">{song.title}</span>
        <span className="by">{song.artist}</span>
      </div>
      {song.genre && <span className="genre">{song.genre}</span>}
      <span className="length">{clock(song.duration)}</span>
      <button type="button" className="song-play round" aria-label={label} onClick={press}>
        {state === "starting" ? <span className="spinner" /> : <Icon name={active ? "pause" : "play"} />}
      </button>
    </li>
  );
});

export function SongListSkeleton() {
  const { t } = usePreferences();
  return (
    <div role="status">
      <span className="visually-hidden">{t("loading")}</span>
      <div className="songs" aria-hidden="true">
        {Array.from({ length: 6 }, (_, i) => (
          <div key={i} className="song skeleton">
            <span className="cover" />
            <div className="names">
              <span className="bone" />
              <span className="bone short" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
