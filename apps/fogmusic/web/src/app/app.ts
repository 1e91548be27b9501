import type { GuestSource } from "../cloud/session";
import type { Song, Tables } from "../cloud/tables";
import { ConfigError, loadConfig, type Config } from "../config";
import { FogNodeError, startFogNode } from "../fog/node";
import { PlayMeter } from "../fog/plays";
import { TasteSync } from "../fog/sync";
import { TasteCounts } from "../fog/tastes";
import type { Grant } from "../messages";
import { Player } from "../player/player";
import { keptSongs, keepSongs } from "./kept";

/** Why the application could not start. */
export type StartFailure = "config" | "session" | "catalog" | FogNodeError["reason"];

export interface AppState {
  /** Undefined until they are known. */
  readonly songs: readonly Song[] | undefined;
  /** The songs are those of an earlier visit: the catalogue could not be reached. */
  readonly stale: boolean;
  /** Songs can be decrypted. */
  readonly ready: boolean;
  readonly failure: StartFailure | undefined;
  readonly identityId: string | undefined;
}

interface Cloud {
  readonly guest: GuestSource;
  readonly tables: Tables;
}

/** The application behind the page: configuration, guest, catalogue, fog node, player and tastes, put together. */
export class App {
  readonly player: Player;
  readonly tastes: TasteCounts;
  readonly #meter = new PlayMeter();
  readonly #watchers = new Set<() => void>();
  #state: AppState = { songs: undefined, stale: false, ready: false, failure: undefined, identityId: undefined };
  #cloud: Cloud | undefined;
  #fogNode: Promise<void> | undefined;

  constructor(audio: HTMLAudioElement, storage: Storage) {
    this.tastes = new TasteCounts(storage);
    this.player = new Player(audio, {
      started: () => this.#meter.start(),
      heard: (song, position, duration) => this.#meter.heard(position, duration) && this.tastes.count(song.genre),
    });
  }

  get state(): AppState {
    return this.#state;
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Starts everything, or what did not start the last time. */
  async start(): Promise<void> {
    this.#set({ failure: undefined });
    const config = await this.#attempt("config", loadConfig());
    if (!config) return;
    const { guest, tables } = await this.#connect(config);
    this.#fogNode ??= this.#startFogNode(config, guest);
    const kept = () => this.#showKept(config);
    const { identityId } = (await this.#attempt("session", guest(), kept)) ?? {};
    if (!identityId) return;
    this.#set({ identityId });
    const songs = await this.#attempt("catalog", tables.songs(), kept);
    if (!songs) return;
    keepSongs(config, songs);
    this.#show(songs, false);
  }

  /** Plays a song as soon as it can be decrypted. */
  async play(song: Song): Promise<void> {
    await this.#fogNode;
    if (this.#state.ready) this.player.play(song);
  }

  /** The clients of the cloud are most of the code, and come after the page is there to look at. */
  async #connect(config: Config): Promise<Cloud> {
    if (this.#cloud) return this.#cloud;
    const { openSession, Tables } = await import("../cloud");
    const guest = openSession(config);
    const tables = new Tables(config, guest);
    this.#carryTastes(tables);
    this.#cloud = { guest, tables };
    return this.#cloud;
  }

  async #startFogNode(config: Config, guest: GuestSource): Promise<void> {
    const give = async (fresh: boolean): Promise<Grant> => ({ config, credentials: (await guest(fresh)).credentials });
    try {
      await startFogNode(give, (failure) => this.player.failed(failure));
      this.#set({ ready: true });
    } catch (error) {
      this.#fogNode = undefined;
      console.error(error);
      this.#set({ failure: error instanceof FogNodeError ? error.reason : "refused" });
    }
  }

  #carryTastes(tables: Tables): void {
    const timer = { set: (run: () => void, ms: number) => setTimeout(run, ms), clear: (id: unknown) => clearTimeout(id as number) };
    const sync = new TasteSync(this.tastes, (plays) => tables.saveTastes(plays), timer);
    sync.start();
    window.addEventListener("online", () => {
      sync.now();
      if (this.#state.stale) void this.start();
    });
    window.addEventListener("storage", ({ key }) => TasteCounts.concerns(key) && this.tastes.refresh());
  }

  /** Waits for a step of the start; a failed one is shown, unless `instead` has something better to show. */
  async #attempt<T>(step: StartFailure, outcome: Promise<T>, instead: () => boolean = () => false): Promise<T | undefined> {
    try {
      return await outcome;
    } catch (error) {
      console.error(error);
      const failure = error instanceof ConfigError ? "config" : step;
      if (!instead()) this.#set({ failure });
      return undefined;
    }
  }

  /** Shows the songs of an earlier visit, if there are any. */
  #showKept(config: Config): boolean {
    const songs = keptSongs(config);
    if (songs) this.#show(songs, true);
    return songs !== undefined;
  }

  #show(songs: readonly Song[], stale: boolean): void {
    this.player.setQueue(songs);
    this.#set({ songs, stale });
  }

  #set(change: Partial<AppState>): void {
    this.#state = { ...this.#state, ...change };
    for (const watcher of this.#watchers) watcher();
  }
}
