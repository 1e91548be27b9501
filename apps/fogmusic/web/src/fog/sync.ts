import type { Tastes } from "../cloud/tables";
import type { TasteCounts } from "./tastes";

/** Counts that come soon after one another are written together. */
const CALM = 1500;
const FIRST_RETRY = 5_000;
const LAST_RETRY = 300_000;

export type SyncState = "saved" | "waiting";

/** What of the platform this needs; tests put their own in. */
export interface Timer {
  set(run: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
}

/** Carries the counts to the guest's row: after a moment of calm, and again later when it did not work. */
export class TasteSync {
  readonly #counts: TasteCounts;
  readonly #save: (plays: Tastes) => Promise<void>;
  readonly #timer: Timer;
  #pending: unknown;
  #saving = false;
  #retry = FIRST_RETRY;

  constructor(counts: TasteCounts, save: (plays: Tastes) => Promise<void>, timer: Timer) {
    this.#counts = counts;
    this.#save = save;
    this.#timer = timer;
  }

  /** Starts carrying, with what an earlier visit could not save. The answer stops it. */
  start(): () => void {
    const unwatch = this.#counts.watch(() => this.#changed());
    this.#changed();
    return () => {
      unwatch();
      this.#cancel();
    };
  }

  /** The network is back: no need to wait for the next try. */
  now(): void {
    if (!this.#counts.unsaved) return;
    this.#retry = FIRST_RETRY;
    this.#schedule(0);
  }

  #changed(): void {
    if (this.#counts.unsaved && !this.#saving) this.#schedule(CALM);
  }

  #schedule(milliseconds: number): void {
    this.#cancel();
    this.#pending = this.#timer.set(() => void this.#run(), milliseconds);
  }

  #cancel(): void {
    if (this.#pending !== undefined) this.#timer.clear(this.#pending);
    this.#pending = undefined;
  }

  async #run(): Promise<void> {
    this.#pending = undefined;
    if (this.#saving || !this.#counts.unsaved) return;
    this.#saving = true;
    const { plays } = this.#counts;
    try {
      await this.#save(plays);
      this.#retry = FIRST_RETRY;
      this.#saving = false;
      this.#counts.saved(plays); // tells the watchers, this among them, so what came meanwhile follows
    } catch {
      this.#saving = false;
      this.#schedule(this.#retry);
      this.#retry = Math.min(this.#retry * 3, LAST_RETRY);
    }
  }
}
