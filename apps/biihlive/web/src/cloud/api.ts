/** The GraphQL API, one method for each operation that the page needs. */
import type {
  Conversation,
  Follow,
  Media,
  MediaKind,
  Message,
  Page,
  Presence,
  ProfileInput,
  RankingKind,
  RankingPage,
  ReadReceipt,
  User,
} from "./model";
import { mutations, queries } from "./operations";
import { ProblemError, problemOf } from "./problem";

export type Variables = Readonly<Record<string, unknown>>;
export type Data = Readonly<Record<string, unknown>>;

/** Sends one operation; `openly` reads what is public, with the API's key. It rejects with what went wrong. */
export type Send = (query: string, variables: Variables, openly: boolean) => Promise<Data>;

const PAGE = 20;

export class Api {
  readonly #send: Send;
  readonly #renew: () => Promise<unknown>;

  /** `renew` gets a fresh token, after the one before was refused. */
  constructor(send: Send, renew: () => Promise<unknown>) {
    this.#send = send;
    this.#renew = renew;
  }

  user(userId: string): Promise<User | null> {
    return this.#ask("getUser", queries.getUser, { userId });
  }

  search(text: string, nextToken: string | null = null): Promise<Page<User>> {
    return this.#ask("searchUsers", queries.searchUsers, { text, limit: PAGE, nextToken });
  }

  suggestions(limit: number): Promise<readonly User[]> {
    return this.#ask("suggestions", queries.suggestions, { limit });
  }

  followers(userId: string, nextToken: string | null = null): Promise<Page<Follow>> {
    return this.#ask("followers", queries.followers, { userId, limit: PAGE, nextToken });
  }

  following(userId: string, nextToken: string | null = null): Promise<Page<Follow>> {
    return this.#ask("following", queries.following, { userId, limit: PAGE, nextToken });
  }

  isFollowing(userId: string): Promise<boolean> {
    return this.#ask("isFollowing", queries.isFollowing, { userId });
  }

  conversations(nextToken: string | null = null): Promise<Page<Conversation>> {
    return this.#ask("conversations", queries.conversations, { limit: PAGE, nextToken });
  }

  messages(withUserId: string, nextToken: string | null = null): Promise<Page<Message>> {
    return this.#ask("messages", queries.messages, { withUserId, limit: 30, nextToken });
  }

  media(kind: MediaKind, userId: string, nextToken: string | null = null): Promise<Page<Media>> {
    const name = kind === "PHOTO" ? "photos" : "videos";
    return this.#ask(name, queries[name], { userId, limit: 24, nextToken });
  }

  ranking(kind: RankingKind, place: string, nextToken: string | null, openly: boolean): Promise<RankingPage> {
    return this.#ask("ranking", queries.ranking, { kind, place, limit: 50, nextToken }, openly);
  }

  updateProfile(input: ProfileInput): Promise<User> {
    return this.#ask("updateProfile", mutations.updateProfile, { input });
  }

  follow(userId: string): Promise<unknown> {
    return this.#ask("follow", mutations.follow, { userId });
  }

  unfollow(userId: string): Promise<unknown> {
    return this.#ask("unfollow", mutations.unfollow, { userId });
  }

  sendMessage(receiverId: string, message: string): Promise<Message> {
    return this.#ask("sendMessage", mutations.sendMessage, { receiverId, message });
  }

  markRead(withUserId: string, timestamp: string): Promise<ReadReceipt> {
    return this.#ask("markRead", mutations.markRead, { withUserId, timestamp });
  }

  heartbeat(): Promise<Presence> {
    return this.#ask("heartbeat", mutations.heartbeat, {});
  }

  goOffline(): Promise<Presence> {
    return this.#ask("goOffline", mutations.goOffline, {});
  }

  addMedia(kind: MediaKind, timestamp: string, caption: string | null): Promise<Media> {
    const name = kind === "PHOTO" ? "addPhoto" : "addVideo";
    return this.#ask(name, mutations[name], { timestamp, caption });
  }

  /** The data of one field. A refused token is renewed once: the cloud's clock may be ahead of ours. */
  async #ask<T>(field: string, query: string, variables: Variables, openly = false): Promise<T> {
    let data: Data;
    try {
      data = await this.#send(query, variables, openly);
    } catch (error) {
      const problem = problemOf(error);
      if (problem !== "session" || openly) throw new ProblemError(problem, detail(error));
      await this.#renew();
      data = await this.#send(query, variables, openly).catch((again: unknown) => {
        throw new ProblemError(problemOf(again), detail(again));
      });
    }
    return data[field] as T;
  }
}

function detail(error: unknown): string {
  if (error instanceof Error) return error.message;
  const [first] = (error as { errors?: readonly { message?: string }[] } | null)?.errors ?? [];
  return first?.message ?? String(error);
}
