/**
 * The header of the encrypted container songs are stored in. Its layout, byte for byte, is in ../../../docs/container.md;
 * the Go package internal/fogfile writes it, and both pass the same vectors.
 */

export const HEADER_SIZE = 512;
export const TAG_SIZE = 16;
export const DEFAULT_CHUNK_SIZE = 64 << 10;

const MAGIC = "fogfile";
const VERSION = 1;
const FIXED_SIZE = 72;
const MAX_WRAPPED_KEY = HEADER_SIZE - FIXED_SIZE;
const MAX_PLAIN_SIZE = 2 ** 40;

/** Where the data key comes from: unwrapped by KMS, or the one everybody knows (trials only). */
export type KeyMode = "kms" | "static";

export interface Header {
  readonly mode: KeyMode;
  /** Bytes of the song in every chunk but the last. */
  readonly chunkSize: number;
  /** Bytes of the song. */
  readonly plainSize: number;
  /** 32 lower-case hexadecimal digits. */
  readonly songId: string;
  readonly salt: Uint8Array;
  readonly wrappedKey: Uint8Array;
}

/** These bytes are not a container, or it was cut or extended. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/** Reads the header at the start of `bytes`. Every byte has one meaning and spare bytes are zero; anything else is refused. */
export function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER_SIZE) throw new FormatError(`${bytes.length} bytes are fewer than a header's ${HEADER_SIZE}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE);
  if (String.fromCharCode(...bytes.subarray(0, 7)) !== MAGIC) throw new FormatError("the first bytes are not a container's");
  if (view.getUint8(7) !== VERSION) throw new FormatError(`version ${view.getUint8(7)} is not supported, only ${VERSION}`);
  const mode = keyMode(view.getUint8(8));
  const exponent = view.getUint8(9);
  if (exponent < 16 || exponent > 18) throw new FormatError(`chunk size 2^${exponent} is not between 2^16 and 2^18`);
  const wrapped = view.getUint16(10);
  if (wrapped > MAX_WRAPPED_KEY) throw new FormatError(`a wrapped key of ${wrapped} bytes is longer than ${MAX_WRAPPED_KEY}`);
  if ((wrapped > 0) !== (mode === "kms")) throw new FormatError(`a wrapped key of ${wrapped} bytes in mode ${mode}`);
  const plainSize = view.getBigUint64(16);
  if (plainSize > BigInt(MAX_PLAIN_SIZE)) throw new FormatError(`plaintext size ${plainSize} is too large`);
  if (!zero(bytes.subarray(12, 16)) || !zero(bytes.subarray(FIXED_SIZE + wrapped, HEADER_SIZE))) {
    throw new FormatError("spare bytes are not zero");
  }
  return {
    mode,
    chunkSize: 1 << exponent,
    plainSize: Number(plainSize),
    songId: Array.from(bytes.subarray(24, 40), (b) => b.toString(16).padStart(2, "0")).join(""),
    salt: bytes.slice(40, FIXED_SIZE),
    wrappedKey: bytes.slice(FIXED_SIZE, FIXED_SIZE + wrapped),
  };
}

/** How many chunks follow the header: at least one, so that an empty song is authenticated too. */
export function chunkCount(header: Header): number {
  return Math.max(1, Math.ceil(header.plainSize / header.chunkSize));
}

/** The size of the whole container. */
export function containerSize(header: Header): number {
  return HEADER_SIZE + header.plainSize + chunkCount(header) * TAG_SIZE;
}

/** Where chunk `index` lies in the container, its tag included. */
export function chunkSpan(header: Header, index: number): { offset: number; length: number } {
  const plain = Math.min(header.chunkSize, header.plainSize - index * header.chunkSize);
  return { offset: HEADER_SIZE + index * (header.chunkSize + TAG_SIZE), length: plain + TAG_SIZE };
}

function keyMode(byte: number): KeyMode {
  if (byte === 1) return "kms";
  if (byte === 2) return "static";
  throw new FormatError(`unknown key mode ${byte}`);
}

function zero(bytes: Uint8Array): boolean {
  return bytes.every((b) => b === 0);
}
