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
    if (users.length === 0) return;
    const all = new Map(this.value);
    for (const user of users) all.set(user.userId, withLatestPresence(user, all.get(user.userId)));
    this.set(all);
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
    const load = () => void this.load(userId).catch(() => undefined);
    const leave = [
      this.#realtime.subscribe({
        query: subscriptions.onUser,
        variables: { userId },
        next: (data) => {
          const user = data["onUser"] as User | null;
          if (user) this.meet([user]);
        },
        started: load,
      }),
      this.#realtime.subscribe({
        query: subscriptions.onPresence,
        variables: { userId },
        next: (data) => {
          const presence = data["onPresence"] as Presence | null;
          if (presence) this.#saw(presence);
        },
        started: load,
      }),
    ];
    return () => leave.forEach((each) => each());
  }

  #saw({ userId, isOnline, lastSeen }: Presence): void {
    const user = this.value.get(userId);
    if (user) this.meet([{ ...user, isOnline, lastSeen }]);
  }
}

/** An answer may be older than an event: of presence, the later word counts. */
export function withLatestPresence(user: User, known: User | undefined): User {
  if (!known?.lastSeen || (user.lastSeen && user.lastSeen >= known.lastSeen)) return user;
  return { ...user, isOnline: known.isOnline, lastSeen: known.lastSeen };
}

/** Whether a member is there. */
export function isHere(user: Pick<User, "isOnline" | "lastSeen">, clock: Clock): boolean {
  return user.isOnline && user.lastSeen !== null && clock.now() - Date.parse(user.lastSeen) < SIGN_OF_LIFE;
}
