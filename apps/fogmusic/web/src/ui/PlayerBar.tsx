import { useEffect, useState, useSyncExternalStore, type CSSProperties, type PointerEvent } from "react";
import type { Key } from "../i18n/texts";
import { clock } from "../i18n/translate";
import type { Problem } from "../messages";
import type { Player, PlayerState } from "../player/player";
import { Cover } from "./Cover";
import { Icon } from "./icons";
import { usePreferences } from "./preferences";

const problems: Record<Problem, Key> = {
  tampered: "problemTampered",
  missing: "problemMissing",
  denied: "problemDenied",
  clock: "problemClock",
  offline: "problemOffline",
  server: "problemServer",
  trials: "problemTrials",
  session: "problemSession",
  browser: "problemBrowser",
};
/** Asking again helps only where something may have passed. */
const worthAsking: readonly Problem[] = ["denied", "clock", "offline", "server", "session"];

export function PlayerBar({ player }: { player: Player }) {
  const { t } = usePreferences();
  const state = useSyncExternalStore(player.watch, () => player.state);
  const { song, status, problem } = state;
  const active = status === "playing" || status === "starting";
  useEffect(() => {
    document.title = song && active ? `${song.title} · ${t("title")}` : t("title");
  }, [song, active, t]);
  return (
    <section className={`player ${status}`} aria-label={t("player")}>
      {problem && <Failure problem={problem} player={player} />}
      <div className="player-song">
        <Cover url={song?.coverUrl ?? ""} size={48} />
        <div className="names">
          <span className="name">{song?.title ?? t("nothing")}</span>
          <span className="by">{song?.artist}</span>
        </div>
        <span className="visually-hidden" role="status">
          {song && active && t("playing", { title: song.title, artist: song.artist })}
        </span>
      </div>
      <div className="controls">
        <button type="button" className="round" aria-label={t("previous")} disabled={!song} onClick={() => player.previous()}>
          <Icon name="previous" />
        </button>
        <button type="button" className="round main" aria-label={t(active ? "pause" : "resume")} onClick={() => player.toggle()}>
          {status === "starting" ? <span className="spinner" /> : <Icon name={active ? "pause" : "play"} />}
        </button>
        <button type="button" className="round" aria-label={t("next")} disabled={!song} onClick={() => player.next()}>
          <Icon name="next" />
        </button>
      </div>
      <Seek player={player} state={state} />
      <Volume player={player} state={state} />
    </section>
  );
}

function Failure({ problem, player }: { problem: Problem; player: Player }) {
  const { t } = usePreferences();
  return (
    <div className="notice error player-error" role="alert" data-problem={problem}>
      <Icon name="warning" />
      <p>{t(problems[problem])}</p>
      {worthAsking.includes(problem) && (
        <button type="button" className="button" onClick={() => player.retry()}>
          {t("retry")}
        </button>
      )}
      <button type="button" className="round" aria-label={t("dismiss")} onClick={() => player.dismiss()}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function Seek({ player, state }: { player: Player; state: PlayerState }) {
  const { t } = usePreferences();
  // While the thumb is dragged it follows the finger; the song follows when it is let go.
  const [dragged, setDragged] = useState<number>();
  const [held, setHeld] = useState(false);
  const { duration } = state;
  const position = Math.min(dragged ?? state.position, duration);
  const release = (event: PointerEvent<HTMLInputElement>) => {
    setHeld(false);
    if (dragged !== undefined) player.seek(Number(event.currentTarget.value));
    setDragged(undefined);
  };
  return (
    <div className="seek">
      <span className="time">{clock(position)}</span>
      <input
        type="range"
        min={0}
        max={Math.max(duration, 1)}
        step={1}
        value={Math.round(position)}
        disabled={!state.song || state.status === "failed"}
        aria-label={t("position")}
        aria-valuetext={t("positionText", { position: clock(position), duration: clock(duration) })}
        style={{ "--fill": `${duration > 0 ? (position / duration) * 100 : 0}%` } as CSSProperties}
        onPointerDown={() => setHeld(true)}
        onPointerUp={release}
        onPointerCancel={release}
        onChange={(event) => (held ? setDragged(Number(event.target.value)) : player.seek(Number(event.target.value)))}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          player.seek(state.position + step);
        }}
      />
      <span className="time">{clock(duration)}</span>
    </div>
  );
}

function Volume({ player, state }: { player: Player; state: PlayerState }) {
  const { t } = usePreferences();
  const level = state.muted ? 0 : state.volume;
  return (
    <div className="volume">
      <button type="button" className="round" aria-label={t(state.muted ? "unmute" : "mute")} aria-pressed={state.muted} onClick={() => player.toggleMute()}>
        <Icon name={level === 0 ? "muted" : "volume"} />
      </button>
      <input
        type="range"
        min={0}
        max={100}
        step={5}
        value={Math.round(level * 100)}
        aria-label={t("volume")}
        aria-valuetext={`${Math.round(level * 100)} %`}
        style={{ "--fill": `${level * 100}%` } as CSSProperties}
        onChange={(event) => player.setVolume(Number(event.target.value) / 100)}
      />
    </div>
  );
}
