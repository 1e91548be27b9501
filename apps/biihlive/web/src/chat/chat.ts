/** One conversation as it is shown: what was said, and what is being sent. */
import type { Message, Page } from "../cloud/model";

/** A message of mine that the cloud has not taken yet. */
export interface Draft {
  readonly id: number;
  readonly text: string;
  readonly failed: boolean;
}

export interface Chat {
  /** In the order they were said, by their timestamps. */
  readonly messages: readonly Message[];
  readonly drafts: readonly Draft[];
  /** Up to which message what a member sent was read. The word of it may come before the message itself. */
  readonly read: Readonly<Record<string, string>>;
  /** Where what was said before goes on; null when there is no more; undefined before anything is known. */
  readonly older: string | null | undefined;
}

export type ChatEvent =
  /** The latest messages, latest first: at the beginning, and after a gap. */
  | { readonly type: "latest"; readonly page: Page<Message> }
  /** Messages from before those that are known, latest first. */
  | { readonly type: "older"; readonly page: Page<Message> }
  | { readonly type: "received"; readonly message: Message }
  | { readonly type: "sending"; readonly id: number; readonly text: string }
  | { readonly type: "sent"; readonly id: number; readonly message: Message }
  | { readonly type: "failed"; readonly id: number }
  | { readonly type: "discarded"; readonly id: number }
  /** What `sender` sent up to a message was read. */
  | { readonly type: "read"; readonly sender: string; readonly timestamp: string };

export const emptyChat: Chat = { messages: [], drafts: [], read: {}, older: undefined };

export function reduceChat(chat: Chat, event: ChatEvent): Chat {
  switch (event.type) {
    case "latest": {
      const { items, nextToken } = event.page;
      const known = new Set(chat.messages.map(({ timestamp }) => timestamp));
      // Where a full page does not reach what is known, there may be more in between.
      const joined = nextToken === null || chat.older === undefined || items.some(({ timestamp }) => known.has(timestamp));
      if (!joined) return { ...chat, messages: merged([], items, chat.read), older: nextToken };
      return { ...chat, messages: merged(chat.messages, items, chat.read), older: chat.older === undefined ? nextToken : chat.older };
    }
    case "older":
      return { ...chat, messages: merged(chat.messages, event.page.items, chat.read), older: event.page.nextToken };
    case "received":
      return { ...chat, messages: merged(chat.messages, [event.message], chat.read) };
    case "sending":
      return { ...chat, drafts: [...without(chat.drafts, event.id), { id: event.id, text: event.text, failed: false }] };
    case "sent":
      return { ...chat, drafts: without(chat.drafts, event.id), messages: merged(chat.messages, [event.message], chat.read) };
    case "failed":
      return { ...chat, drafts: chat.drafts.map((draft) => (draft.id === event.id ? { ...draft, failed: true } : draft)) };
    case "discarded":
      return { ...chat, drafts: without(chat.drafts, event.id) };
    case "read": {
      const before = chat.read[event.sender] ?? "";
      if (event.timestamp <= before) return chat;
      const read = { ...chat.read, [event.sender]: event.timestamp };
      return { ...chat, read, messages: merged([], chat.messages, read) };
    }
  }
}

/** The last message of another's that I have not read, if there is one. */
export function lastUnread(chat: Chat, me: string): Message | undefined {
  return chat.messages.findLast(({ receiverId, readStatus }) => receiverId === me && !readStatus);
}

function without(drafts: readonly Draft[], id: number): readonly Draft[] {
  return drafts.filter((draft) => draft.id !== id);
}

/** Both, each message once, in order. What was once read stays so: an answer may be older than an event. */
function merged(known: readonly Message[], more: readonly Message[], read: Chat["read"]): readonly Message[] {
  const all = new Map(known.map((message) => [message.timestamp, message]));
  for (const message of more) {
    const isRead = message.readStatus || all.get(message.timestamp)?.readStatus || message.timestamp <= (read[message.senderId] ?? "");
    all.set(message.timestamp, isRead === message.readStatus ? message : { ...message, readStatus: true });
  }
  return [...all.values()].sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}
