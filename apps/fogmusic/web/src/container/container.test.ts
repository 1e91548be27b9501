import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chunkKey, chunkPlace, openChunk, STATIC_KEY } from "./chunks";
import { chunkCount, chunkSpan, containerSize, FormatError, HEADER_SIZE, parseHeader, type Header } from "./header";
import { openSong } from "../worker/song";

// The vectors of the container's specification (docs/container.md); the Go package that writes containers passes the same.
const folder = new URL("../../../internal/fogfile/testdata/", import.meta.url);

interface Vector {
  name: string;
  mode: string;
  chunkSize: number;
  plainSize: number;
  songId: string;
  salt: string;
  dataKey: string;
  wrappedKey: string;
  size: number;
  plainSha256: string;
  headerHash: string;
  chunks: { index: number; last: boolean; offset: number; length: number; nonce: string; aad: string; tag: string }[];
}
interface Edit {
  op: "xor" | "swap" | "truncate" | "append" | "header" | "chunk";
  offset: number;
  value: number;
  a: number;
  b: number;
  size: number;
  hex: string;
  from: string;
}
interface Tampered {
  name: string;
  of: string;
  edits: Edit[];
  fails: "open" | "read";
}

const file = JSON.parse(readFileSync(new URL("vectors.json", folder), "utf8")) as { vectors: Vector[]; tampered: Tampered[] };
const vectors = new Map(file.vectors.map((v) => [v.name, v]));
const containers = new Map(file.vectors.map((v) => [v.name, new Uint8Array(readFileSync(new URL(`${v.name}.enc`, folder)))]));

describe("the vectors", () => {
  it("are there", () => {
    expect(file.vectors.length).toBeGreaterThan(5);
    expect(file.tampered.length).toBeGreaterThan(20);
  });

  it.each(file.vectors)("$name: header and layout", (v) => {
    const header = parseHeader(container(v.name));
    expect({ ...header, salt: hex(header.salt), wrappedKey: hex(header.wrappedKey) }).toEqual({
      mode: v.mode,
      chunkSize: v.chunkSize,
      plainSize: v.plainSize,
      songId: v.songId,
      salt: v.salt,
      wrappedKey: v.wrappedKey,
    });
    expect(containerSize(header)).toBe(v.size);
    expect(chunkCount(header)).toBe(v.chunks.length);
    for (const chunk of v.chunks) expect(chunkSpan(header, chunk.index)).toEqual({ offset: chunk.offset, length: chunk.length });
  });

  it.each(file.vectors)("$name: chunks", async (v) => {
    const bytes = container(v.name);
    const header = parseHeader(bytes);
    const key = await chunkKey(header, bytes.subarray(0, HEADER_SIZE), unhex(v.dataKey));
    expect(hex(key.headerHash)).toBe(v.headerHash);
    const plain: Uint8Array[] = [];
    for (const chunk of v.chunks) {
      const place = chunkPlace(key, chunk.index);
      expect([hex(place.nonce), hex(place.aad)]).toEqual([chunk.nonce, chunk.aad]);
      plain.push(await openChunk(key, chunk.index, bytes.subarray(chunk.offset, chunk.offset + chunk.length)));
    }
    const whole = Buffer.concat(plain);
    expect(whole.length).toBe(v.plainSize);
    expect(hex(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)))).toBe(v.plainSha256);
  });

  it("give the static key", () => {
    expect(hex(new TextEncoder().encode(STATIC_KEY))).toBe(vectors.get("tiny")?.dataKey);
  });
});

describe("a tampered container", () => {
  it.each(file.tampered)("$name", async (tampered) => {
    const v = vector(tampered.of);
    const bytes = tampered.edits.reduce<Uint8Array>((b, e) => edited(b, e, v), container(v.name).slice());
    const source = async (start: number, end: number) => {
      if (start >= bytes.length) throw new FormatError("not a byte there");
      return { bytes: bytes.subarray(start, end + 1), size: bytes.length };
    };
    const opened = openSong(source, async () => unhex(v.dataKey));
    if (tampered.fails === "open") {
      await expect(opened).rejects.toMatchObject({ name: "FormatError" });
      return;
    }
    const song = await opened;
    const readAll = async () => {
      for (let i = 0; i < song.chunks; i++) await song.chunk(i);
    };
    await expect(readAll()).rejects.toMatchObject({ name: "TamperedError" });
  });

  it("is refused with every single byte of its header changed", async () => {
    const v = vector("tiny-kms");
    for (let at = 0; at < HEADER_SIZE; at++) {
      const bytes = container(v.name).slice();
      bytes[at]! ^= 0x40;
      const read = openSong(async (start, end) => ({ bytes: bytes.subarray(start, end + 1), size: bytes.length }), async () =>
        unhex(v.dataKey),
      ).then((song) => song.chunk(0));
      await expect(read, `byte ${at}`).rejects.toThrow();
    }
  });
});

function edited(bytes: Uint8Array, e: Edit, v: Vector): Uint8Array {
  const header = parseHeader(container(v.name));
  const span = (h: Header, b: Uint8Array, i: number) => {
    const { offset, length } = chunkSpan(h, i);
    return b.subarray(offset, offset + length);
  };
  switch (e.op) {
    case "xor":
      bytes[e.offset]! ^= e.value;
      return bytes;
    case "swap": {
      const saved = span(header, bytes, e.a).slice();
      span(header, bytes, e.a).set(span(header, bytes, e.b));
      span(header, bytes, e.b).set(saved);
      return bytes;
    }
    case "truncate":
      return bytes.slice(0, e.size);
    case "append":
      return new Uint8Array(Buffer.concat([bytes, unhex(e.hex)]));
    case "header":
      bytes.set(container(e.from).subarray(0, HEADER_SIZE));
      return bytes;
    case "chunk":
      span(header, bytes, e.a).set(span(parseHeader(container(e.from)), container(e.from), e.b));
      return bytes;
  }
}

function container(name: string): Uint8Array {
  const bytes = containers.get(name);
  if (!bytes) throw new Error(`no container ${name}`);
  return bytes;
}

function vector(name: string): Vector {
  const v = vectors.get(name);
  if (!v) throw new Error(`no vector ${name}`);
  return v;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}
