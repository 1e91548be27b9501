import { chunkKey, openChunk, type ChunkKey } from "../container/chunks";
import { chunkCount, chunkSpan, containerSize, DEFAULT_CHUNK_SIZE, FormatError, HEADER_SIZE, parseHeader, TAG_SIZE, type Header } from "../container/header";

/** Reads bytes start..end (inclusive, as far as there are any) of a container, and tells the container's whole size. */
export type RangeSource = (start: number, end: number) => Promise<{ bytes: Uint8Array; size: number }>;

/** Finds the data key of a container. */
export type DataKeySource = (header: Header) => Promise<Uint8Array>;

/** Waits until the reader of a stream that got `sent` bytes may get more. */
export type Pace = (sent: number) => Promise<void>;

/** The first request brings the header and the whole first chunk of the default size. */
const FIRST_READ = HEADER_SIZE + DEFAULT_CHUNK_SIZE + TAG_SIZE;

/** Opens a container with one request. The data key is fetched, but nothing is authentic before the first chunk is read. */
export async function openSong(source: RangeSource, dataKey: DataKeySource, keep = 16): Promise<Song> {
  const first = await source(0, FIRST_READ - 1);
  const header = parseHeader(first.bytes);
  if (first.size !== containerSize(header)) {
    throw new FormatError(`${first.size} bytes where the header implies ${containerSize(header)}: cut or extended`);
  }
  const key = await chunkKey(header, first.bytes.subarray(0, HEADER_SIZE), await dataKey(header));
  return new Song(source, key, first.bytes, keep);
}

/**
 * A song being played: decrypted chunk by chunk, each fetched when it is wanted.
 *
 * A byte is given out only after its whole chunk was authenticated. Of the decrypted chunks the last few used are kept,
 * so that the short way back of a player that probes costs no request.
 */
export class Song {
  readonly #source: RangeSource;
  readonly #key: ChunkKey;
  readonly #first: Uint8Array;
  readonly #keep: number;
  readonly #chunks = new Map<number, Promise<Uint8Array>>();

  constructor(source: RangeSource, key: ChunkKey, first: Uint8Array, keep: number) {
    this.#source = source;
    this.#key = key;
    this.#first = first;
    this.#keep = keep;
  }

  get size(): number {
    return this.#key.header.plainSize;
  }

  get songId(): string {
    return this.#key.header.songId;
  }

  get chunks(): number {
    return chunkCount(this.#key.header);
  }

  /** Chunk `index`, decrypted: from memory if it is there. */
  chunk(index: number): Promise<Uint8Array> {
    const known = this.#chunks.get(index);
    const wanted = known ?? this.#load(index);
    // Deleted and set again, so that the map's order is the order of use.
    this.#chunks.delete(index);
    this.#chunks.set(index, wanted);
    if (this.#chunks.size > this.#keep) this.#chunks.delete(this.#chunks.keys().next().value!);
    // A chunk that failed is asked for again next time.
    if (!known) wanted.catch(() => this.#chunks.get(index) === wanted && this.#chunks.delete(index));
    return wanted;
  }

  /** The chunk that holds byte `position` of the song. */
  chunkAt(position: number): Promise<Uint8Array> {
    return this.chunk(Math.floor(position / this.#key.header.chunkSize));
  }

  /** Bytes start..end (inclusive) of the song, each chunk fetched as the reader gets to it and `pace` allows. */
  stream(start: number, end: number, pace: Pace, onError: (error: unknown) => void = () => {}): ReadableStream<Uint8Array> {
    let at = start;
    let cancelled = false;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          await pace(at - start);
          if (cancelled) return;
          const part = await this.#part(at, end);
          if (cancelled) return;
          at += part.length;
          controller.enqueue(part);
          if (at > end) controller.close();
        } catch (error) {
          if (cancelled) return; // nobody waits for it any more
          onError(error);
          controller.error(error);
        }
      },
      cancel: () => {
        cancelled = true;
      },
    });
  }

  /** From byte `at` as far as its chunk goes, and no further than `end`; nothing of an empty song. */
  async #part(at: number, end: number): Promise<Uint8Array> {
    const { chunkSize } = this.#key.header;
    const index = Math.floor(at / chunkSize);
    return (await this.chunk(index)).slice(at - index * chunkSize, end + 1 - index * chunkSize);
  }

  async #load(index: number): Promise<Uint8Array> {
    return openChunk(this.#key, index, await this.#sealed(index));
  }

  async #sealed(index: number): Promise<Uint8Array> {
    const { offset, length } = chunkSpan(this.#key.header, index);
    if (offset + length <= this.#first.length) return this.#first.subarray(offset, offset + length);
    const { bytes } = await this.#source(offset, offset + length - 1);
    if (bytes.length !== length) throw new FormatError(`chunk ${index} has ${bytes.length} bytes, not ${length}`);
    return bytes;
  }
}
