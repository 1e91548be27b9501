/**
 * Subscriptions over one WebSocket. Amplify's own client speaks wss only, which on a laptop takes a certificate that
 * browsers trust.
 *
 * A connection that breaks, or from which nothing is heard, is replaced, and everybody is subscribed again. What
 * happened meanwhile is lost: `started` says from when on they are told, and what was before they fetch.
 */
import { backoff } from "./backoff";
import {
  DEFAULT_TIMEOUT,
  initMessage,
  isRefusal,
  parseIncoming,
  startMessage,
  stopMessage,
  subprotocols,
  type Authorization,
  type GraphQLError,
  type Incoming,
  type Operation,
} from "./protocol";

/** One WebSocket, opened. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

/** What a WebSocket tells. */
export interface Ears {
  opened(): void;
  heard(text: unknown): void;
  closed(): void;
}

export interface Environment {
  /** Opens a WebSocket with the subprotocols. Nothing is told before this returns. */
  open(subprotocols: string[], ears: Ears): Socket;
  /** What proves who one is; `fresh` after it was refused. */
  authorize(fresh: boolean): Promise<Authorization>;
  /** Calls back later; what it returns takes that back. */
  after(milliseconds: number, then: () => void): () => void;
  now(): number;
  random(): number;
}

export interface Subscriber extends Operation {
  next(data: Readonly<Record<string, unknown>>): void;
  /** Subscribed from now on, at first or again: what happened before may have been missed. */
  started?(): void;
  /** Refused for good. */
  refused?(errors: readonly GraphQLError[]): void;
}

export type State = "closed" | "connecting" | "open" | "waiting";

/** How long a connection may take to be acknowledged. */
const PATIENCE = 15_000;
/** A connection from which nothing was heard for so long may be dead: signs of life come each minute. */
const SILENCE = 90_000;

/** A subscriber, and what became of it. */
interface Entry {
  readonly subscriber: Subscriber;
  /** How often in a row its token was refused. */
  refusals: number;
}

export class Realtime {
  readonly #env: Environment;
  readonly #watch: (state: State) => void;
  readonly #entries = new Map<string, Entry>();
  #state: State = "closed";
  #socket: Socket | undefined;
  #lastId = 0;
  #attempt = 0;
  /** The proof before was refused. */
  #stale = false;
  #timeout = DEFAULT_TIMEOUT;
  #heard = 0;
  #generation = 0; // of connections
  #cancelTimer: () => void = () => undefined;

  constructor(env: Environment, watch: (state: State) => void = () => undefined) {
    this.#env = env;
    this.#watch = watch;
  }

  get state(): State {
    return this.#state;
  }

  /** Subscribes until what it returns is called. */
  subscribe(subscriber: Subscriber): () => void {
    const id = String(++this.#lastId);
    this.#entries.set(id, { subscriber, refusals: 0 });
    if (this.#state === "open") void this.#start(id);
    else if (this.#state === "closed") void this.#connect();
    return () => {
      if (!this.#entries.delete(id)) return;
      if (this.#state === "open") this.#socket?.send(stopMessage(id));
      if (this.#entries.size === 0) this.#drop("closed");
    };
  }

  /** Tries at once instead of waiting: the network is back, or somebody looks at the page again after a sleep. */
  hurry(): void {
    if (this.#state === "open" && this.#env.now() - this.#heard > SILENCE) this.#drop("waiting");
    if (this.#state !== "waiting") return;
    this.#attempt = 0;
    void this.#connect();
  }

  /** Ends everything. */
  close(): void {
    this.#entries.clear();
    this.#drop("closed");
  }

  async #connect(): Promise<void> {
    this.#become("connecting");
    this.#attempt++;
    this.#timer(PATIENCE, () => this.#retry());
    const generation = ++this.#generation;
    const over = () => this.#state !== "connecting" || generation !== this.#generation;
    let authorization: Authorization;
    try {
      authorization = await this.#env.authorize(this.#stale);
      this.#stale = false;
    } catch {
      if (!over()) this.#retry();
      return;
    }
    if (over()) return;
    const socket = this.#env.open(subprotocols(authorization), {
      opened: () => socket.send(initMessage),
      heard: (text) => this.#socket === socket && this.#receive(parseIncoming(text)),
      closed: () => this.#socket === socket && this.#retry(),
    });
    this.#socket = socket;
  }

  #receive(message: Incoming): void {
    if (this.#state === "open") this.#listen();
    switch (message.type) {
      case "connection_ack":
        this.#timeout = message.timeout;
        this.#attempt = 0;
        this.#become("open");
        this.#listen();
        for (const id of this.#entries.keys()) void this.#start(id);
        return;
      case "connection_error":
        this.#stale = isRefusal(message.errors);
        this.#retry();
        return;
      case "start_ack": {
        const entry = this.#entries.get(message.id);
        if (!entry) return;
        entry.refusals = 0;
        entry.subscriber.started?.();
        return;
      }
      case "data":
        if (message.data) this.#entries.get(message.id)?.subscriber.next(message.data);
        return;
      case "complete":
        if (this.#entries.has(message.id)) void this.#start(message.id);
        return;
      case "error":
        this.#refused(message.id, message.errors);
    }
  }

  /** A subscription was refused, or ended by the other side: a token that ran out is renewed, anything else stays so. */
  #refused(id: string, errors: readonly GraphQLError[]): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (isRefusal(errors) && entry.refusals === 0) {
      entry.refusals++;
      void this.#start(id, true);
      return;
    }
    this.#entries.delete(id);
    entry.subscriber.refused?.(errors);
  }

  async #start(id: string, fresh = false): Promise<void> {
    const socket = this.#socket;
    let authorization: Authorization;
    try {
      authorization = await this.#env.authorize(fresh);
    } catch {
      // Without a token nothing goes on: the connection is tried again, later.
      if (this.#socket === socket && socket) this.#retry();
      return;
    }
    const entry = this.#entries.get(id);
    if (entry && this.#socket === socket) socket?.send(startMessage(id, entry.subscriber, authorization));
  }

  /** Waits for the next sign of life. */
  #listen(): void {
    this.#heard = this.#env.now();
    this.#timer(this.#timeout, () => this.#retry());
  }

  #retry(): void {
    this.#drop("waiting");
    this.#timer(backoff(Math.max(this.#attempt, 1), () => this.#env.random()), () => void this.#connect());
  }

  #drop(state: State): void {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#become(state);
  }

  #timer(milliseconds: number, then: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#env.after(milliseconds, then);
  }

  #become(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#watch(state);
  }
}
