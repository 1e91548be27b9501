/** Puts the application together: configuration, session, and who is signed in. */
import { Api } from "../cloud/api";
import { amplifySend } from "../cloud/graphql";
import { problemOf, type Problem } from "../cloud/problem";
import { configure, Session, type SignedIn } from "../cloud/session";
import { ConfigError, loadConfig } from "../config";
import { Clock } from "./clock";
import { Member } from "./member";
import { Store } from "./store";

export type AppState =
  | { readonly phase: "starting" }
  | { readonly phase: "failed"; readonly problem: Problem | "config" }
  | { readonly phase: "out"; readonly api: Api }
  | { readonly phase: "in"; readonly member: Member };

export class App extends Store<AppState> {
  readonly session: Session;
  readonly #clock = new Clock();
  #enter: (userId: string) => Member = () => {
    throw new Error("not started");
  };
  #api: Api | undefined;

  constructor() {
    super({ phase: "starting" });
    this.session = new Session(this.#clock, () => this.#ended());
  }

  async start(): Promise<void> {
    this.set({ phase: "starting" });
    try {
      const config = await loadConfig();
      configure(config);
      const api = new Api(amplifySend(() => this.session.token()), () => this.session.token(true));
      this.#api = api;
      this.#enter = (userId) => new Member(userId, config, this.session, api, this.#clock);
      await this.#settle();
    } catch (error) {
      this.set({ phase: "failed", problem: error instanceof ConfigError ? "config" : problemOf(error) });
    }
  }

  async signIn(email: string, password: string): Promise<SignedIn> {
    const result = await this.session.signIn(email, password);
    if (result === "in") await this.#settle();
    return result;
  }

  async signOut(): Promise<void> {
    if (this.value.phase === "in") {
      await this.value.member.leave();
    }
    await this.session.signOut().catch(() => undefined);
    await this.#settle();
  }

  /** The session ended by itself: it was revoked, or is older than it may be. */
  #ended(): void {
    if (this.value.phase !== "in" || !this.#api) return;
    this.value.member.close();
    this.set({ phase: "out", api: this.#api });
  }

  async #settle(): Promise<void> {
    const userId = await this.session.member();
    if (userId) {
      this.set({ phase: "in", member: this.#enter(userId) });
    } else if (this.#api) {
      this.set({ phase: "out", api: this.#api });
    }
  }
}
