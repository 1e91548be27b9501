import type { Song } from "../cloud/tables";
import type { Problem, SongFailure } from "../messages";

export interface PlayerState {
  readonly song: Song | undefined;
  /** `starting`: asked for, nothing heard yet. */
  readonly status: "idle" | "starting" | "playing" | "paused" | "failed";
  /** Seconds. */
  readonly position: number;
  readonly duration: number;
  readonly volume: number;
  readonly muted: boolean;
  /** Set when the status is failed. */
  readonly problem: Problem | undefined;
}

/** What the player tells of playing, for those who count. */
export interface Listening {
  started(song: Song): void;
  heard(song: Song, position: number, duration: number): void;
}

const IDLE: PlayerState = { song: undefined, status: "idle", position: 0, duration: 0, volume: 1, muted: false, problem: undefined };
/** Troubles that may pass: what was read before them may be heard to its end. */
const PASSING: readonly Problem[] = ["offline", "server", "session"];
/** How long the worker's word on what is wrong may come after the audio element's. */
const HEARING = 300;
/** Seconds that must be heard after a stream was resumed for it to be worth resuming again. */
const PROGRESS = 5;
/** Going back within the first seconds goes to the song before; later, to the start of this one. */
const BACK_SECONDS = 3;

/**
 * Plays one song at a time through an audio element. The element asks for the encrypted song's own address, in ranges of
 * its choice; the service worker answers with the song.
 */
export class Player {
  readonly #audio: HTMLAudioElement;
  readonly #listening: Listening;
  readonly #watchers = new Set<() => void>();
  #state: PlayerState;
  #queue: readonly Song[] = [];
  /** Where playing was resumed after the stream broke off: the browser may have stopped the worker. */
  #resumedAt: number | undefined;
  /** What the worker said of a trouble that may pass while there still is something to hear. */
  #trouble: Problem | undefined;

  constructor(audio: HTMLAudioElement, listening: Listening) {
    this.#audio = audio;
    this.#listening = listening;
    this.#state = { ...IDLE, volume: audio.volume, muted: audio.muted };
    audio.crossOrigin = "anonymous";
    audio.preload = "auto";
    const on = (event: keyof HTMLMediaElementEventMap, run: () => void) => audio.addEventListener(event, run);
    on("playing", () => this.#playing());
    on("pause", () => this.#state.status === "playing" && this.#set({ status: "paused" }));
    on("waiting", () => this.#state.status === "playing" && this.#set({ status: "starting" }));
    on("timeupdate", () => this.#moved());
    on("durationchange", () => this.#measured());
    on("volumechange", () => this.#set({ volume: audio.volume, muted: audio.muted }));
    on("ended", () => this.#ended());
    on("error", () => this.#broke());
  }

  get state(): PlayerState {
    return this.#state;
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** The songs that come before and after, in their order. */
  setQueue(songs: readonly Song[]): void {
    this.#queue = songs;
  }

  /** Plays a song from its start. */
  play(song: Song): void {
    this.#resumedAt = undefined;
    this.#listening.started(song);
    this.#set({ song, duration: song.duration });
    this.#load(song, 0);
  }

  /** Plays a song that failed again, from where it failed. */
  retry(): void {
    const { song, status, position } = this.#state;
    if (song && status === "failed") this.#load(song, position);
  }

  toggle(): void {
    const { song, status } = this.#state;
    if (!song) {
      const first = this.#queue[0];
      if (first) this.play(first);
    } else if (status === "failed") this.retry();
    else if (this.#audio.ended) this.play(song);
    else if (this.#audio.paused) this.#go();
    else this.pause();
  }

  pause(): void {
    this.#audio.pause();
    if (this.#state.status === "starting") this.#set({ status: "paused" });
  }

  next(): void {
    const song = this.#neighbour(1);
    if (song) this.play(song);
  }

  previous(): void {
    const song = this.#neighbour(-1);
    if (this.#audio.currentTime > BACK_SECONDS || !song) this.seek(0);
    else this.play(song);
  }

  seek(seconds: number): void {
    if (!this.#state.song || this.#state.status === "failed") return;
    const position = Math.max(0, Math.min(seconds, this.#state.duration || seconds));
    this.#audio.currentTime = position;
    this.#set({ position });
  }

  setVolume(volume: number): void {
    this.#audio.volume = Math.max(0, Math.min(1, volume));
    this.#audio.muted = false;
  }

  toggleMute(): void {
    this.#audio.muted = !this.#audio.muted;
  }

  /** The worker says that a song cannot be played (on). */
  failed({ url, problem }: SongFailure): void {
    if (url !== this.#state.song?.audioUrl) return;
    if (this.#state.status === "playing" && PASSING.includes(problem)) this.#trouble = problem;
    else this.#fail(problem);
  }

  dismiss(): void {
    if (this.#state.status === "failed") this.#set({ ...IDLE, volume: this.#state.volume, muted: this.#state.muted });
  }

  #load(song: Song, position: number): void {
    this.#trouble = undefined;
    this.#set({ status: "starting", position, problem: undefined });
    this.#audio.src = song.audioUrl;
    if (position > 0) this.#audio.currentTime = position;
    this.#go();
  }

  #go(): void {
    this.#audio.play().catch((error: unknown) => {
      // AbortError: another song was chosen meanwhile. What is wrong with the song comes as an error event.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#set({ status: "paused" });
    });
  }

  #playing(): void {
    if (this.#state.status !== "failed") this.#set({ status: "playing" });
  }

  #moved(): void {
    const { song, status, duration } = this.#state;
    if (!song || status === "failed") return;
    const position = this.#audio.currentTime;
    if (status === "playing") this.#listening.heard(song, position, duration);
    this.#set({ position });
  }

  #measured(): void {
    const { duration } = this.#audio;
    if (Number.isFinite(duration) && duration > 0) this.#set({ duration });
  }

  #ended(): void {
    const next = this.#neighbour(1);
    if (next) this.play(next);
    else this.#set({ status: "paused", position: 0 });
  }

  #broke(): void {
    const { song, status, position } = this.#state;
    if (!song || status === "failed" || !this.#audio.error) return;
    const moved = this.#resumedAt === undefined || position - this.#resumedAt > PROGRESS;
    if (this.#audio.error.code === MediaError.MEDIA_ERR_NETWORK && moved) {
      this.#resumedAt = position;
      this.#load(song, position);
    } else if (this.#trouble) this.#fail(this.#trouble);
    else setTimeout(() => this.#stillBroken(song) && this.#fail("browser"), HEARING);
  }

  /** Whether the song that broke is still chosen, and nobody has said why. */
  #stillBroken(song: Song): boolean {
    return this.#state.song === song && this.#state.status !== "failed" && this.#audio.error !== null;
  }

  #fail(problem: Problem): void {
    this.#trouble = undefined;
    this.#set({ status: "failed", problem });
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  #neighbour(step: number): Song | undefined {
    const at = this.#queue.findIndex((song) => song.id === this.#state.song?.id);
    return at < 0 ? undefined : this.#queue[at + step];
  }

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const watcher of this.#watchers) watcher();
  }
}
