/** An open conversation: its history in pages, live messages both ways, and read marks. */
import { Store } from "../app/store";
import type { Api } from "../cloud/api";
import type { Message, ReadReceipt } from "../cloud/model";
import { problemOf, type Problem } from "../cloud/problem";
import { emptyChat, lastUnread, reduceChat, type Chat, type ChatEvent } from "./chat";
import type { Inbox } from "./inbox";

/** How long to wait before marking again what could not be marked as read. */
const AGAIN = 5_000;

export interface ConversationState {
  readonly chat: Chat;
  readonly loadingOlder: boolean;
  readonly problem: Problem | undefined;
}

export class Conversation extends Store<ConversationState> {
  readonly withUserId: string;
  readonly #api: Api;
  readonly #me: string;
  readonly #inbox: Inbox;
  #lastDraft = 0;
  #marked = "";
  #looking = false;

  constructor(withUserId: string, api: Api, me: string, inbox: Inbox) {
    super({ chat: emptyChat, loadingOlder: false, problem: undefined });
    this.withUserId = withUserId;
    this.#api = api;
    this.#me = me;
    this.#inbox = inbox;
  }

  async load(): Promise<void> {
    try {
      const page = await this.#api.messages(this.withUserId);
      this.#apply({ type: "latest", page });
      this.change((state) => ({ ...state, problem: undefined }));
    } catch (error) {
      this.change((state) => ({ ...state, problem: problemOf(error) }));
    }
  }

  async loadOlder(): Promise<void> {
    const { chat, loadingOlder } = this.value;
    if (!chat.older || loadingOlder) return;
    this.change((state) => ({ ...state, loadingOlder: true }));
    try {
      const page = await this.#api.messages(this.withUserId, chat.older);
      this.#apply({ type: "older", page });
    } catch (error) {
      this.change((state) => ({ ...state, problem: problemOf(error) }));
    }
    this.change((state) => ({ ...state, loadingOlder: false }));
  }

  /** Sends a text; `draft` is the one that failed before, if it did. */
  async send(text: string, draft?: number): Promise<void> {
    const id = draft ?? ++this.#lastDraft;
    this.#apply({ type: "sending", id, text });
    try {
      const message = await this.#api.sendMessage(this.withUserId, text);
      this.#apply({ type: "sent", id, message });
      this.#inbox.took(message);
    } catch {
      this.#apply({ type: "failed", id });
    }
  }

  discard(id: number): void {
    this.#apply({ type: "discarded", id });
  }

  received(message: Message): void {
    if (message.senderId === this.withUserId) this.#apply({ type: "received", message });
  }

  wasRead({ readerId, senderId, timestamp }: ReadReceipt): void {
    if (readerId === this.withUserId) this.#apply({ type: "read", sender: senderId, timestamp });
  }

  /** Whether somebody is looking: what is seen is read. */
  look(looking: boolean): void {
    this.#looking = looking;
    this.#markRead();
  }

  #apply(event: ChatEvent): void {
    this.change((state) => ({ ...state, chat: reduceChat(state.chat, event) }));
    this.#markRead();
  }

  /** Marks again what could not be marked, unless a later message was meanwhile. */
  #tryAgain(timestamp: string): void {
    if (this.#marked !== timestamp) return;
    this.#marked = "";
    this.#markRead();
  }

  #markRead(): void {
    const last = this.#looking ? lastUnread(this.value.chat, this.#me) : undefined;
    if (!last || last.timestamp <= this.#marked) return;
    this.#marked = last.timestamp;
    this.#api.markRead(this.withUserId, last.timestamp).then(
      () => {
        this.#apply({ type: "read", sender: this.withUserId, timestamp: last.timestamp });
        this.#inbox.read(this.withUserId);
      },
      () => setTimeout(() => this.#tryAgain(last.timestamp), AGAIN),
    );
  }
}
