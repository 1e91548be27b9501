/** The profiles that are on the page, each the same wherever it is shown, and those that are watched kept up to date. */
import type { Api } from "../cloud/api";
import type { Presence, User } from "../cloud/model";
import { subscriptions } from "../cloud/operations";
import type { Realtime } from "../realtime/client";
import type { Clock } from "./clock";
import { Store } from "./store";

/** Somebody whose last sign of life is older has gone without saying so: there is one each 30 seconds. */
const SIGN_OF_LIFE = 80_000;

export class Profiles extends Store<ReadonlyMap<string, User>> {
  readonly #api: Api;
  readonly #realtime: Realtime;
  readonly #watched = new Map<string, { count: number; leave: () => void }>();

  constructor(api: Api, realtime: Realtime) {
    super(new Map());
    this.#api = api;
    this.#realtime = realtime;
  }

  /** Remembers profiles that came with an answer. */
  readonly meet = (users: readonly User[]): void => {
    if (users.length > 0) this.set(new Map([...this.value, ...users.map((user) => [user.userId, user] as const)]));
  };

  /** Reads a profile; null if there is no such member. */
  async load(userId: string): Promise<User | null> {
    const user = await this.#api.user(userId);
    if (user) this.meet([user]);
    return user;
  }

  /** Keeps a profile up to date until what it returns is called. */
  keep(userId: string): () => void {
    const entry = this.#watched.get(userId) ?? { count: 0, leave: this.#subscribe(userId) };
    this.#watched.set(userId, entry);
    entry.count++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (--entry.count > 0) return;
      this.#watched.delete(userId);
      entry.leave();
    };
  }

  #subscribe(userId: string): () => void {
    const leave = [
      this.#realtime.subscribe({
        query: subscriptions.onUser,
        variables: { userId },
        next: (data) => {
          const user = data["onUser"] as User | null;
          if (user) this.meet([user]);
        },
        started: () => void this.load(userId).catch(() => undefined),
      }),
      this.#realtime.subscribe({
        query: subscriptions.onPresence,
        variables: { userId },
        next: (data) => {
          const presence = data["onPresence"] as Presence | null;
          if (presence) this.#saw(presence);
        },
      }),
    ];
    return () => leave.forEach((each) => each());
  }

  #saw({ userId, isOnline, lastSeen }: Presence): void {
    const user = this.value.get(userId);
    if (user) this.meet([{ ...user, isOnline, lastSeen }]);
  }
}

/** Whether a member is there, at `now`. */
export function isHere(user: Pick<User, "isOnline" | "lastSeen">, clock: Clock): boolean {
  return user.isOnline && user.lastSeen !== null && clock.now() - Date.parse(user.lastSeen) < SIGN_OF_LIFE;
}
