/** What the page and the service worker say to each other. */
import type { Credentials } from "./aws/sigv4";
import type { Config } from "./config";

/** What the worker needs to read songs for a page: nothing of it outlives the worker's memory. */
export interface Grant {
  readonly config: Config;
  readonly credentials: Credentials;
}

/** Page to worker: control me (after a forced reload the browser leaves a page without its worker). */
export interface ClaimRequest {
  readonly type: "claim";
}

/** Worker to page, with a port to answer on. `fresh`: the credentials given before were refused. */
export interface GrantRequest {
  readonly type: "grant?";
  readonly fresh: boolean;
}

/** Page to worker, through that port. */
export type GrantAnswer = { readonly grant: Grant } | { readonly problem: "offline" | "session"; readonly detail: string };

/** Worker to page: a song cannot be played (on). */
export interface SongFailure {
  readonly type: "song-failed";
  readonly url: string;
  readonly problem: Problem;
  readonly detail: string;
}

export type FromWorker = GrantRequest | SongFailure;

/** Why a song cannot be played, each with its own advice to the listener. */
export type Problem =
  | "tampered" // the stored bytes are not what was sealed
  | "missing" // no such object
  | "denied" // the guest may not read it, or KMS keeps its key
  | "clock" // the device's clock is wrong, so signatures are refused
  | "offline" // nothing answers
  | "server" // what answers says it is in trouble
  | "trials" // sealed under the key everybody knows, in a stack that is not for trials
  | "session" // no credentials
  | "browser"; // the browser cannot decode it
