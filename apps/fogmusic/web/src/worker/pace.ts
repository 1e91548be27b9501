import type { Pace } from "./song";

/** What a stream gives at once: enough to start from, and for a while without a network. */
const BURST = 256 << 10;
/** Bytes a second after that: twice what the fastest MP3 plays (320 kbit/s). */
const RATE = 80_000;

/**
 * Gives each stream a pace. Browsers read a song to its end as fast as it comes, whether it is listened to or not; this
 * keeps them ahead of what is heard without fetching what never will be.
 */
export function pacer(now: () => number, wait: (milliseconds: number) => Promise<void>): () => Pace {
  return () => {
    const start = now();
    return async (sent) => {
      const early = (sent - BURST) / RATE - (now() - start) / 1000;
      if (early > 0) await wait(early * 1000);
    };
  };
}
