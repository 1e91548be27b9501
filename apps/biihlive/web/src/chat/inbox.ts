/** My conversations, the latest first, and how much in them is unread. */
import { Store } from "../app/store";
import type { Api } from "../cloud/api";
import type { Conversation, Message, User } from "../cloud/model";
import { problemOf, type Problem } from "../cloud/problem";

export interface InboxState {
  /** Undefined until they are known. */
  readonly conversations: readonly Conversation[] | undefined;
  readonly more: string | null;
  readonly problem: Problem | undefined;
}

export class Inbox extends Store<InboxState> {
  readonly #api: Api;
  readonly #me: string;
  readonly #meet: (users: readonly User[]) => void;

  constructor(api: Api, me: string, meet: (users: readonly User[]) => void) {
    super({ conversations: undefined, more: null, problem: undefined });
    this.#api = api;
    this.#me = me;
    this.#meet = meet;
  }

  async load(): Promise<void> {
    try {
      const { items, nextToken } = await this.#api.conversations();
      this.#meet(items.flatMap(({ user }) => user ?? []));
      this.set({ conversations: items, more: nextToken, problem: undefined });
    } catch (error) {
      this.change((state) => ({ ...state, problem: problemOf(error) }));
    }
  }

  async loadMore(): Promise<void> {
    const { more } = this.value;
    if (!more) return;
    try {
      const { items, nextToken } = await this.#api.conversations(more);
      this.#meet(items.flatMap(({ user }) => user ?? []));
      this.change(({ conversations = [] }) => ({ conversations: joined(conversations, items), more: nextToken, problem: undefined }));
    } catch (error) {
      this.change((state) => ({ ...state, problem: problemOf(error) }));
    }
  }

  /** A message came, or was sent. */
  took(message: Message): void {
    const next = withMessage(this.value.conversations ?? [], message, this.#me);
    if (next) this.change((state) => ({ ...state, conversations: next }));
    else void this.load(); // a conversation with somebody new
  }

  /** What a member sent was read. */
  read(withUserId: string): void {
    this.change((state) => ({
      ...state,
      conversations: state.conversations?.map((each) => (each.withUserId === withUserId ? { ...each, unread: 0 } : each)),
    }));
  }
}

export function unreadIn(conversations: readonly Conversation[] | undefined): number {
  return (conversations ?? []).reduce((sum, { unread }) => sum + unread, 0);
}

/** The conversations after a message; undefined if it belongs to none of them. */
export function withMessage(conversations: readonly Conversation[], message: Message, me: string): readonly Conversation[] | undefined {
  const other = message.senderId === me ? message.receiverId : message.senderId;
  const found = conversations.find(({ withUserId }) => withUserId === other);
  if (!found) return undefined;
  if (message.timestamp <= found.lastTimestamp) return conversations; // known
  const changed: Conversation = {
    ...found,
    lastMessage: message.message,
    lastTimestamp: message.timestamp,
    unread: found.unread + (message.senderId === me ? 0 : 1),
  };
  return [changed, ...conversations.filter((each) => each !== found)];
}

function joined(known: readonly Conversation[], more: readonly Conversation[]): readonly Conversation[] {
  const ids = new Set(known.map(({ withUserId }) => withUserId));
  return [...known, ...more.filter(({ withUserId }) => !ids.has(withUserId))];
}
