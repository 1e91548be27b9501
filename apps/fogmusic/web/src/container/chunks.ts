import { chunkCount, type Header } from "./header";

/** The key phrase of static mode: its 32 ASCII bytes are the data key. Everybody knows it, so it protects nothing. */
export const STATIC_KEY = "miclavesecretade32bytes123456789";

const KEY_INFO = "fogfile/1 content key";
const encoder = new TextEncoder();

/** A chunk, or the header it stands under, is not what was sealed; or the data key is another's. */
export class TamperedError extends Error {
  override readonly name = "TamperedError";
}

/** What opens the chunks of one container. */
export interface ChunkKey {
  readonly header: Header;
  readonly headerHash: Uint8Array;
  readonly key: CryptoKey;
}

/**
 * Derives the content key of a container from its data key.
 *
 * The header's salt makes the key the container's own, and the header's hash makes it useless under any other header.
 */
export async function chunkKey(header: Header, encodedHeader: Uint8Array, dataKey: Uint8Array): Promise<ChunkKey> {
  if (dataKey.length !== 32) throw new TamperedError(`a data key of ${dataKey.length} bytes`);
  const headerHash = new Uint8Array(await crypto.subtle.digest("SHA-256", encodedHeader as BufferSource));
  const base = await crypto.subtle.importKey("raw", dataKey as BufferSource, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: header.salt as BufferSource, info: concat(encoder.encode(KEY_INFO), headerHash) };
  const key = await crypto.subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  return { header, headerHash, key };
}

/** Authenticates and decrypts chunk `index`. */
export async function openChunk(chunk: ChunkKey, index: number, sealed: Uint8Array): Promise<Uint8Array> {
  const place = chunkPlace(chunk, index);
  try {
    const algorithm = { name: "AES-GCM", iv: place.nonce as BufferSource, additionalData: place.aad as BufferSource, tagLength: 128 };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, chunk.key, sealed as BufferSource));
  } catch {
    // Web Crypto says only OperationError, whatever the reason.
    throw new TamperedError(`chunk ${index} of song ${chunk.header.songId} is not what was sealed`);
  }
}

/**
 * What a chunk's place contributes: the nonce is 3 zero bytes, the last-chunk flag and the index; authenticated beside
 * the chunk are the header's hash, the index and the flag.
 */
export function chunkPlace(chunk: Pick<ChunkKey, "header" | "headerHash">, index: number): { nonce: Uint8Array; aad: Uint8Array } {
  const flag = index === chunkCount(chunk.header) - 1 ? 1 : 0;
  const counter = new Uint8Array(8);
  new DataView(counter.buffer).setBigUint64(0, BigInt(index));
  return {
    nonce: concat(Uint8Array.of(0, 0, 0, flag), counter),
    aad: concat(chunk.headerHash, counter, Uint8Array.of(flag)),
  };
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
