/** A play counts after this many seconds, or this part of the song if that is sooner. */
export const PLAY_SECONDS = 20;
export const PLAY_PART = 0.3;

/** Between two reports of the position lies at most this, or the listener has jumped. */
const STEP = 2;

/**
 * Decides when a song was listened to: seconds that were really heard count, wherever in the song; jumping ahead does
 * not. It says yes once for each start of a song.
 */
export class PlayMeter {
  #heard = 0;
  #position: number | undefined;
  #counted = false;

  /** A song starts, or starts again. */
  start(): void {
    this.#heard = 0;
    this.#position = undefined;
    this.#counted = false;
  }

  /** The song plays and is at `position` of `duration` seconds. True when it counts from now on. */
  heard(position: number, duration: number): boolean {
    const step = position - (this.#position ?? position);
    this.#position = position;
    if (step > 0 && step <= STEP) this.#heard += step;
    if (this.#counted || this.#heard < threshold(duration)) return false;
    this.#counted = true;
    return true;
  }
}

function threshold(duration: number): number {
  return duration > 0 ? Math.min(PLAY_SECONDS, duration * PLAY_PART) : PLAY_SECONDS;
}
