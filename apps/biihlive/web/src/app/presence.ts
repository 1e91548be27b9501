/** Tells the cloud that I am here while somebody looks at the page, and that I have gone when nobody does. */
import type { Api } from "../cloud/api";
import type { Clock } from "./clock";

const EACH = 30_000;

export class PresenceBeat {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #leave: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `leave` says that I have gone, in a way that outlives the page. */
  constructor(api: Api, clock: Clock, leave: () => void) {
    this.#api = api;
    this.#clock = clock;
    this.#leave = leave;
  }

  /** Follows the page's visibility until what it returns is called. */
  start(page: Document = document, frame: Window = window): () => void {
    const follow = () => (page.visibilityState === "visible" ? this.#begin() : this.#end());
    const gone = () => this.#end();
    page.addEventListener("visibilitychange", follow);
    frame.addEventListener("pagehide", gone);
    frame.addEventListener("pageshow", follow);
    follow();
    return () => {
      page.removeEventListener("visibilitychange", follow);
      frame.removeEventListener("pagehide", gone);
      frame.removeEventListener("pageshow", follow);
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #begin(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#beat(), EACH);
    void this.#beat();
  }

  #end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#leave();
  }

  async #beat(): Promise<void> {
    try {
      const { lastSeen } = await this.#api.heartbeat();
      this.#clock.heard(Date.parse(lastSeen));
    } catch {
      // The next one may come through.
    }
  }
}
