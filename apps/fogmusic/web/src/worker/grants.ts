import type { Grant, GrantAnswer, GrantRequest } from "../messages";
import { SongError } from "./problem";

/** How long a page may take to answer; it may first have to fetch credentials itself. */
const PATIENCE = 20_000;
/** Credentials are not used in their last minute. */
const MARGIN = 60_000;

/** The one side of a page that the worker talks to. */
export interface Page {
  postMessage(message: GrantRequest, transfer: Transferable[]): void;
}

/**
 * The worker's hold on the guest's credentials.
 *
 * They live in memory only. The browser stops an idle worker whenever it likes and starts it again with an empty memory;
 * then, and when they run out or are refused, the page that wants the song is asked for them.
 */
export class Grants {
  readonly #now: () => number;
  #grant: Grant | undefined;
  #asking: Promise<Grant> | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The grant, asked of `page` if there is none that is good; `fresh` after the last one was refused. */
  async get(page: Page, fresh: boolean): Promise<Grant> {
    if (!fresh && this.#grant && this.#good(this.#grant)) return this.#grant;
    // Several songs or ranges that find it stale at once ask once.
    this.#asking ??= ask(page, fresh || this.#grant !== undefined).finally(() => (this.#asking = undefined));
    this.#grant = await this.#asking;
    return this.#grant;
  }

  #good(grant: Grant): boolean {
    const { expiration } = grant.credentials;
    return expiration === undefined || expiration - MARGIN > this.#now();
  }
}

function ask(page: Page, fresh: boolean): Promise<Grant> {
  return new Promise((resolve, reject) => {
    const channel = new MessageChannel();
    const done = () => {
      clearTimeout(timer);
      channel.port1.close();
    };
    const timer = setTimeout(() => {
      done();
      reject(new SongError("session", "the page gave no credentials"));
    }, PATIENCE);
    channel.port1.onmessage = ({ data }: MessageEvent<GrantAnswer>) => {
      done();
      if ("grant" in data) resolve(data.grant);
      else reject(new SongError(data.problem, data.detail));
    };
    page.postMessage({ type: "grant?", fresh }, [channel.port2]);
  });
}
