import { beforeEach, describe, expect, it } from "vitest";
import type { Tastes } from "../cloud/tables";
import { PlayMeter } from "./plays";
import { TasteSync } from "./sync";
import { TasteCounts } from "./tastes";

function memory(initial: Record<string, string> = {}) {
  const values = new Map(Object.entries(initial));
  return { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => void values.set(key, value) };
}

/** Timers that run when the test says so. */
class Timers {
  #pending = new Map<number, { run: () => void; milliseconds: number }>();
  #next = 1;
  set(run: () => void, milliseconds: number): number {
    this.#pending.set(this.#next, { run, milliseconds });
    return this.#next++;
  }
  clear(timer: unknown): void {
    this.#pending.delete(timer as number);
  }
  get delays(): number[] {
    return [...this.#pending.values()].map((p) => p.milliseconds);
  }
  async fire(): Promise<void> {
    const due = [...this.#pending.values()];
    this.#pending.clear();
    for (const { run } of due) run();
    await new Promise((resolve) => setTimeout(resolve)); // let what they started settle
  }
}

/** Plays from one second to another, reporting four times a second as browsers do; tells at which second it counted. */
function listen(meter: PlayMeter, from: number, to: number, duration: number): number[] {
  const counted: number[] = [];
  for (let at = from; at <= to; at += 0.25) if (meter.heard(at, duration)) counted.push(at);
  return counted;
}

describe("a play", () => {
  it("counts after 20 seconds of a long song, once", () => {
    expect(listen(new PlayMeter(), 0, 200, 200)).toEqual([20]);
  });

  it("counts after 30 % of a short song", () => {
    expect(listen(new PlayMeter(), 0, 10, 10)).toEqual([3]);
  });

  it("does not count for jumping ahead", () => {
    const meter = new PlayMeter();
    expect([...listen(meter, 0, 5, 200), ...listen(meter, 190, 195, 200)]).toEqual([]);
  });

  it("adds up what was heard around a jump", () => {
    const meter = new PlayMeter();
    listen(meter, 0, 15, 200);
    expect(listen(meter, 100, 110, 200)).toEqual([105]);
  });

  it("counts again when the song starts again", () => {
    const meter = new PlayMeter();
    listen(meter, 0, 60, 200);
    meter.start();
    expect(listen(meter, 0, 60, 200)).toEqual([20]);
  });

  it("of unknown length counts after 20 seconds", () => {
    expect(listen(new PlayMeter(), 0, 30, Number.NaN)).toEqual([20]);
  });
});

describe("tastes", () => {
  it("count every genre, and survive the page", () => {
    const storage = memory();
    const counts = new TasteCounts(storage);
    for (const genre of ["Rock", "Jazz", "Rock", "", " Rock "]) counts.count(genre);
    expect(counts.plays).toEqual({ Rock: 3, Jazz: 1, Unknown: 1 });
    const next = new TasteCounts(storage);
    expect(next.plays).toEqual({ Rock: 3, Jazz: 1, Unknown: 1 });
    expect(next.unsaved).toBe(true);
  });

  it("count a genre of any name", () => {
    const counts = new TasteCounts(memory());
    for (const genre of ["constructor", "__proto__", "constructor"]) counts.count(genre);
    expect(Object.entries(counts.plays)).toEqual([
      ["constructor", 2],
      ["__proto__", 1],
    ]);
  });

  it("of two tabs add up", () => {
    const storage = memory();
    const [one, other] = [new TasteCounts(storage), new TasteCounts(storage)];
    one.count("Rock");
    other.count("Rock");
    one.refresh();
    expect(one.plays).toEqual({ Rock: 2 });
  });

  it.each(["{", "null", "[]", '{"plays":{"Rock":"7","Jazz":-1,"Pop":1.5}}', '{"plays":7}'])("forget what makes no sense: %s", (stored) => {
    expect(new TasteCounts(memory({ "fog-music.tastes": stored })).plays).toEqual({});
  });

  it("count while storage is shut", () => {
    const shut = () => {
      throw new DOMException("shut", "SecurityError");
    };
    const counts = new TasteCounts({ getItem: shut, setItem: shut });
    counts.count("Rock");
    counts.count("Rock");
    expect(counts.plays).toEqual({ Rock: 2 });
  });
});

describe("saving tastes", () => {
  let counts: TasteCounts;
  let timers: Timers;
  let written: Tastes[];
  let works: boolean;
  let sync: TasteSync;

  beforeEach(() => {
    counts = new TasteCounts(memory());
    timers = new Timers();
    written = [];
    works = true;
    const save = async (plays: Tastes) => {
      if (!works) throw new TypeError("Failed to fetch");
      written.push(plays);
    };
    sync = new TasteSync(counts, save, timers);
  });

  it("writes nothing when nothing was counted", () => {
    sync.start();
    expect(timers.delays).toEqual([]);
  });

  it("writes counts that come together once", async () => {
    sync.start();
    counts.count("Rock");
    counts.count("Jazz");
    await timers.fire();
    expect(written).toEqual([{ Rock: 1, Jazz: 1 }]);
    expect(counts.unsaved).toBe(false);
    expect(timers.delays).toEqual([]);
  });

  it("keeps what could not be written, and writes it later, ever less often", async () => {
    works = false;
    sync.start();
    counts.count("Rock");
    await timers.fire();
    expect(timers.delays).toEqual([5_000]);
    await timers.fire();
    expect(timers.delays).toEqual([15_000]);
    expect(counts.unsaved).toBe(true);
    works = true;
    sync.now();
    expect(timers.delays).toEqual([0]);
    await timers.fire();
    expect(written).toEqual([{ Rock: 1 }]);
    expect(counts.unsaved).toBe(false);
  });

  it("writes what an earlier visit left", async () => {
    counts.count("Rock");
    sync.start();
    await timers.fire();
    expect(written).toEqual([{ Rock: 1 }]);
  });

  it("writes what was counted while it was writing", async () => {
    let release = () => {};
    const slow = new TasteSync(counts, (plays) => new Promise((resolve) => (written.push(plays), (release = resolve))), timers);
    slow.start();
    counts.count("Rock");
    await timers.fire();
    counts.count("Rock");
    release();
    await new Promise((resolve) => setTimeout(resolve));
    expect(counts.unsaved).toBe(true);
    await timers.fire();
    expect(written).toEqual([{ Rock: 1 }, { Rock: 2 }]);
  });

  it("stops when told to", () => {
    const stop = sync.start();
    counts.count("Rock");
    stop();
    expect(timers.delays).toEqual([]);
  });
});
