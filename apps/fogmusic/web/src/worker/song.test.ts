import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pacer } from "./pace";
import { openSong, type Pace, type RangeSource } from "./song";

const folder = new URL("../../../internal/fogfile/testdata/", import.meta.url);
const vectors = JSON.parse(readFileSync(new URL("vectors.json", folder), "utf8")).vectors as { name: string; dataKey: string; plainSize: number }[];

/** A container that remembers which ranges were asked of it. */
function recorded(name: string) {
  const bytes = new Uint8Array(readFileSync(new URL(`${name}.enc`, folder)));
  const asked: string[] = [];
  let broken = false;
  const source: RangeSource = async (start, end) => {
    asked.push(`${start}-${end}`);
    if (broken) throw new TypeError("Failed to fetch");
    return { bytes: bytes.subarray(start, end + 1), size: bytes.length };
  };
  const v = vectors.find((x) => x.name === name)!;
  const key = async () => new Uint8Array(Buffer.from(v.dataKey, "hex"));
  return { source, key, asked, size: v.plainSize, breakIt: (b: boolean) => (broken = b) };
}

const atOnce: Pace = async () => {};
const pattern = (start: number, end: number) => Uint8Array.from({ length: end - start + 1 }, (_, k) => (7 * (start + k) + ((start + k) >> 8)) & 255);

describe("the pace of a stream", () => {
  it("is free for the first 256 KiB, then twice that of the fastest MP3", async () => {
    let now = 0;
    const waits: number[] = [];
    const pace = pacer(() => now, async (ms) => {
      waits.push(Math.round(ms));
      now += ms;
    })();
    for (let sent = 0; sent <= 6 * 65536; sent += 65536) await pace(sent);
    expect(waits).toEqual([819, 819]); // 64 KiB at 80,000 bytes a second
    now += 60_000;
    await pace(20 * 65536);
    expect(waits.length).toBe(2);
  });
});

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe("a song", () => {
  it("is opened and its first chunk read with one request", async () => {
    const c = recorded("three-chunks");
    const song = await openSong(c.source, c.key);
    await song.chunk(0);
    expect(c.asked).toEqual(["0-66063"]);
  });

  it("with larger chunks takes one request more", async () => {
    const c = recorded("chunks-of-128-KiB");
    const song = await openSong(c.source, c.key);
    await song.chunk(0);
    expect(c.asked).toEqual(["0-66063", "512-131599"]);
  });

  it.each([
    [0, 0],
    [0, 65535],
    [65535, 65536],
    [65536, 65536],
    [100, 131100],
    [131072, 131171],
  ])("gives bytes %d to %d", async (start, end) => {
    const c = recorded("three-chunks");
    const song = await openSong(c.source, c.key);
    const last = Math.min(end, song.size - 1);
    expect(Buffer.from(await bytesOf(song.stream(start, last, atOnce))).equals(pattern(start, last))).toBe(true);
  });

  it("seeks with one request of one chunk", async () => {
    const c = recorded("three-chunks");
    const song = await openSong(c.source, c.key);
    const reader = song.stream(70000, song.size - 1, atOnce).getReader();
    await reader.read();
    expect(c.asked.slice(0, 2)).toEqual(["0-66063", "66064-131615"]);
    await reader.cancel();
  });

  it("does not run ahead of its reader", async () => {
    const c = recorded("three-chunks");
    const song = await openSong(c.source, c.key);
    const reader = song.stream(0, song.size - 1, atOnce).getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve));
    expect(c.asked.length).toBeLessThanOrEqual(2); // the chunk being read, and the one after it
    await reader.cancel();
  });

  it("is not fetched further after its reader has gone", async () => {
    const c = recorded("three-chunks");
    const song = await openSong(c.source, c.key);
    let go = () => {};
    const reader = song.stream(0, song.size - 1, () => new Promise((resolve) => (go = resolve))).getReader();
    await reader.cancel();
    go();
    await new Promise((resolve) => setTimeout(resolve));
    expect(c.asked).toEqual(["0-66063"]);
  });

  it("asks once for a chunk wanted twice, and again for one that was dropped", async () => {
    const c = recorded("three-chunks");
    const song = await openSong(c.source, c.key, 1);
    await Promise.all([song.chunk(1), song.chunk(1)]);
    await song.chunk(1);
    expect(c.asked).toEqual(["0-66063", "66064-131615"]);
    await song.chunk(2);
    await song.chunk(1);
    expect(c.asked.slice(2)).toEqual(["131616-131731", "66064-131615"]);
  });

  it("can be read after a failure has passed", async () => {
    const c = recorded("three-chunks");
    const song = await openSong(c.source, c.key);
    c.breakIt(true);
    let told: unknown;
    await expect(bytesOf(song.stream(65536, 65600, atOnce, (error) => (told = error)))).rejects.toThrow("Failed to fetch");
    expect(told).toBeInstanceOf(TypeError);
    c.breakIt(false);
    expect(await bytesOf(song.stream(65536, 65600, atOnce))).toEqual(pattern(65536, 65600));
  });

  it("that is empty is authenticated all the same", async () => {
    const c = recorded("empty");
    const song = await openSong(c.source, c.key);
    expect(song.size).toBe(0);
    expect((await song.chunk(0)).length).toBe(0);
  });
});
