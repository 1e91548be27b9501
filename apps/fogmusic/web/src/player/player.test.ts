import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Song } from "../cloud/tables";
import { Player } from "./player";

/** An audio element as far as the player uses one; a test lets happen on it what a browser would. */
class Audio extends EventTarget {
  src = "";
  currentTime = 0;
  duration = Number.NaN;
  volume = 1;
  muted = false;
  paused = true;
  ended = false;
  crossOrigin = "";
  preload = "";
  error: { code: number } | null = null;
  blocked = false;

  async play() {
    if (this.blocked) throw new DOMException("no gesture", "NotAllowedError");
    this.paused = false;
    this.ended = false;
  }
  pause() {
    if (this.paused) return;
    this.paused = true;
    this.happens("pause");
  }
  load() {}
  removeAttribute(name: "src") {
    this[name] = "";
  }
  happens(event: string, change: Partial<Audio> = {}) {
    Object.assign(this, change);
    this.dispatchEvent(new Event(event));
  }
}

const song = (n: number): Song => ({ id: `s${n}`, title: `Song ${n}`, artist: "A", album: "", genre: "Rock", duration: 100, audioUrl: `http://x/s${n}.enc`, coverUrl: "" });
const songs = [song(0), song(1), song(2)] as const;

let audio: Audio;
let player: Player;
let heard: [string, number][];
let started: string[];

beforeEach(() => {
  vi.stubGlobal("MediaError", { MEDIA_ERR_NETWORK: 2 });
  audio = new Audio();
  heard = [];
  started = [];
  player = new Player(audio as unknown as HTMLAudioElement, { started: (s) => started.push(s.id), heard: (s, at) => heard.push([s.id, at]) });
  player.setQueue(songs);
});

const playing = (n: 0 | 1 | 2, at = 0) => {
  player.play(songs[n]);
  audio.happens("playing");
  audio.happens("timeupdate", { currentTime: at });
};
const failure = (n: number, problem: "tampered" | "offline") => ({ type: "song-failed", url: `http://x/s${n}.enc`, problem, detail: "" }) as const;

describe("the player", () => {
  it("plays, pauses and goes on", () => {
    player.play(songs[0]);
    expect([player.state.status, audio.src]).toEqual(["starting", "http://x/s0.enc"]);
    audio.happens("playing");
    expect(player.state.status).toBe("playing");
    player.toggle();
    expect([player.state.status, audio.paused]).toEqual(["paused", true]);
    player.toggle();
    expect(audio.paused).toBe(false);
    expect(started).toEqual(["s0"]);
  });

  it("starts with the first song when none was chosen", () => {
    player.toggle();
    expect(player.state.song?.id).toBe("s0");
  });

  it("tells what is heard, and only that", () => {
    player.play(songs[0]);
    audio.happens("timeupdate", { currentTime: 0 });
    audio.happens("playing");
    audio.happens("timeupdate", { currentTime: 1 });
    audio.pause();
    audio.happens("timeupdate", { currentTime: 50 });
    expect(heard).toEqual([["s0", 1]]);
  });

  it("goes on to the next song, and stops after the last", () => {
    playing(1);
    audio.happens("ended", { paused: true, ended: true });
    expect(player.state.song?.id).toBe("s2");
    audio.happens("playing");
    audio.happens("ended", { paused: true, ended: true });
    expect([player.state.song?.id, player.state.status]).toEqual(["s2", "paused"]);
    player.toggle();
    expect(started).toEqual(["s1", "s2", "s2"]);
  });

  it("goes back to the start of a song, and from there to the one before", () => {
    playing(1, 30);
    player.previous();
    expect([player.state.song?.id, audio.currentTime]).toEqual(["s1", 0]);
    player.previous();
    expect(player.state.song?.id).toBe("s0");
    player.previous();
    expect(player.state.song?.id).toBe("s0");
  });

  it("seeks within the song", () => {
    playing(0, 50);
    player.seek(-5);
    expect(audio.currentTime).toBe(0);
    player.seek(1000);
    expect(audio.currentTime).toBe(100);
  });

  it("waits for a gesture when the browser wants one", async () => {
    audio.blocked = true;
    player.play(songs[0]);
    await vi.waitFor(() => expect(player.state.status).toBe("paused"));
  });
});

describe("a song that cannot be played", () => {
  it("stops at once when it was tampered with, however much was read", () => {
    playing(0, 10);
    player.failed(failure(0, "tampered"));
    expect(player.state).toMatchObject({ status: "failed", problem: "tampered", position: 10 });
    expect([audio.paused, audio.src]).toEqual([true, ""]);
    audio.happens("playing");
    expect(player.state.status).toBe("failed");
  });

  it("is not the one that plays: nothing happens", () => {
    playing(0, 10);
    player.failed(failure(1, "tampered"));
    expect(player.state.status).toBe("playing");
  });

  it("for want of a network is heard as far as it was read, then tried once more, then given up", () => {
    playing(0, 10);
    player.failed(failure(0, "offline"));
    expect(player.state.status).toBe("playing");
    audio.happens("timeupdate", { currentTime: 40 });
    audio.happens("error", { error: { code: 2 } });
    expect([player.state.status, audio.currentTime]).toEqual(["starting", 40]);
    player.failed(failure(0, "offline"));
    expect(player.state).toMatchObject({ status: "failed", problem: "offline", position: 40 });
  });

  it("goes on where it failed when it is tried again", () => {
    playing(0, 40);
    player.failed(failure(0, "tampered"));
    player.toggle();
    expect([player.state.status, audio.src, audio.currentTime]).toEqual(["starting", "http://x/s0.enc", 40]);
    expect(started).toEqual(["s0"]);
  });

  it("is taken up again as often as there is progress", () => {
    playing(0, 10);
    for (const at of [20, 40, 60]) {
      audio.happens("timeupdate", { currentTime: at });
      audio.happens("error", { error: { code: 2 } });
      audio.happens("playing", { error: null });
      expect(player.state.status).toBe("playing");
    }
  });

  it("has the browser's reason when the worker gives none", async () => {
    vi.useFakeTimers();
    player.play(songs[0]);
    audio.happens("error", { error: { code: 4 } });
    expect(player.state.status).toBe("starting");
    vi.runAllTimers();
    expect(player.state.problem).toBe("browser");
    vi.useRealTimers();
  });

  it("has the worker's reason though it comes after the browser's", () => {
    vi.useFakeTimers();
    player.play(songs[0]);
    audio.happens("error", { error: { code: 4 } });
    player.failed(failure(0, "tampered"));
    vi.runAllTimers();
    expect(player.state.problem).toBe("tampered");
    vi.useRealTimers();
  });

  it("can be put aside", () => {
    playing(0);
    player.failed(failure(0, "tampered"));
    player.dismiss();
    expect(player.state).toMatchObject({ status: "idle", song: undefined, problem: undefined });
  });
});
