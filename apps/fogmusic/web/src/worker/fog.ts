/**
 * The fog node: the part of the cloud that runs on the listener's device. It answers the page's requests for encrypted
 * songs with the songs themselves, reading and decrypting only what is asked for.
 */
import { mediaUrl } from "../config";
import type { Grant, SongFailure } from "../messages";
import { dataKey, objectRanges, type GrantSource, type Platform } from "./cloud";
import { pacer } from "./pace";
import { problemOf } from "./problem";
import { parseRange, rangeAnswer } from "./range";
import { openSong, type Pace, type Song } from "./song";

/** The page a request came from. */
export interface Listener {
  grant(fresh: boolean): Promise<Grant>;
  failed(failure: SongFailure): void;
}

const SONG_PATH = /\/songs\/([0-9a-f]{32})\.enc$/;
/** How many songs stay open: the one that plays, the one before and the ones next to it. */
const OPEN_SONGS = 4;

/** The identifier of the song at this address, if it has the form of an encrypted song's. */
export function songAt(url: string): string | undefined {
  return SONG_PATH.exec(new URL(url).pathname)?.[1];
}

export class FogNode {
  readonly #platform: Platform;
  readonly #songs = new Map<string, Promise<Song>>();
  /** Who asked last: songs stay open across pages, and only a living page can give credentials. */
  #listener: Listener | undefined;

  readonly #pace: () => Pace;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#pace = pacer(() => platform.now().getTime(), platform.wait);
  }

  /**
   * Answers a request for an encrypted song; undefined if it is not a song of the listener's own stack, which is then
   * none of our business: credentials are used on no other address.
   */
  async answer(request: { url: string; range: string | null }, listener: Listener): Promise<Response | undefined> {
    const { url } = request;
    const id = songAt(url);
    if (!id) return undefined;
    try {
      const { config } = await listener.grant(false);
      if (url !== mediaUrl(config, `songs/${id}.enc`)) return undefined;
      this.#listener = listener;
      const song = await this.#open(url, id);
      return await play(song, request.range, this.#pace(), (error) => this.#fail(url, error, listener));
    } catch (error) {
      this.#fail(url, error, listener);
      return new Response(null, { status: 502, statusText: problemOf(error) });
    }
  }

  #open(url: string, id: string): Promise<Song> {
    const grants: GrantSource = (fresh) => this.#listener!.grant(fresh);
    const known = this.#songs.get(url);
    const song = known ?? openSong(objectRanges(url, grants, this.#platform), (header) => dataKey(header, id, grants, this.#platform));
    this.#songs.delete(url);
    this.#songs.set(url, song);
    if (this.#songs.size > OPEN_SONGS) this.#songs.delete(this.#songs.keys().next().value!);
    return song;
  }

  /** Tells the page, and forgets the song, so that the next try starts from what is stored then. */
  #fail(url: string, error: unknown, listener: Listener): void {
    this.#songs.delete(url);
    const detail = error instanceof Error ? error.message : String(error);
    listener.failed({ type: "song-failed", url, problem: problemOf(error), detail });
  }
}

async function play(song: Song, range: string | null, pace: Pace, onError: (error: unknown) => void): Promise<Response> {
  const wanted = parseRange(range, song.size);
  const { status, headers } = rangeAnswer(wanted, song.size, "audio/mpeg");
  if (wanted.kind === "unsatisfiable") {
    await song.chunk(0); // the size said here is authentic only if the first chunk is
    return new Response(null, { status, headers });
  }
  const [start, end] = wanted.kind === "part" ? [wanted.start, wanted.end] : [0, song.size - 1];
  // Before a word is said about the song, the chunk it starts in must prove to be the song's.
  await song.chunkAt(start);
  return new Response(song.stream(start, end, pace, onError), { status, headers });
}
