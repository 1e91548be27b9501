import type { Player } from "./player";

/** Seconds that an arrow key moves. */
const STEP = 5;

/** What of the page the keys reach beside the player. */
export interface KeyTargets {
  search(): HTMLElement | null;
  /** The play buttons of the list, in its order. */
  songs(): readonly HTMLElement[];
}

/** The keyboard of the whole page. Keys that mean something where the focus is are left to it. */
export function connectKeys(player: Player, targets: KeyTargets): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const focus = event.target instanceof Element ? event.target : document.body;
    if (act(event.key, focus, player, targets)) event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

function act(key: string, focus: Element, player: Player, targets: KeyTargets): boolean {
  if (focus.matches("input[type=range]") && key !== " ") return false; // arrows move the slider
  if (focus.matches("input:not([type=range]), textarea, select")) return key === "ArrowDown" && focusSong(targets.songs(), 1);
  switch (key) {
    case " ":
      if (focus.closest("button, a, summary")) return false; // presses what has the focus
      player.toggle();
      return true;
    case "ArrowLeft":
      player.seek(player.state.position - STEP);
      return true;
    case "ArrowRight":
      player.seek(player.state.position + STEP);
      return true;
    case "ArrowDown":
      return focusSong(targets.songs(), 1);
    case "ArrowUp":
      return focusSong(targets.songs(), -1);
    case "m":
    case "M":
      player.toggleMute();
      return true;
    case "/":
      targets.search()?.focus();
      return true;
    default:
      return false;
  }
}

function focusSong(songs: readonly HTMLElement[], step: number): boolean {
  const at = songs.findIndex((song) => song === document.activeElement);
  const next = at < 0 ? (step > 0 ? songs[0] : undefined) : songs[at + step];
  next?.focus();
  return next !== undefined;
}
