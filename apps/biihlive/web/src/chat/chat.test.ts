import { describe, expect, it } from "vitest";
import type { Message } from "../cloud/model";
import { emptyChat, lastUnread, reduceChat, type Chat, type ChatEvent } from "./chat";

/** The message of minute n, of mine ("a") or theirs ("b"). */
function message(n: number, senderId = "b", readStatus = false): Message {
  const minute = String(n).padStart(2, "0");
  return {
    conversationId: "a#b",
    timestamp: `2026-11-28T10:${minute}:00.000Z#${n}`,
    senderId,
    receiverId: senderId === "a" ? "b" : "a",
    message: `message ${n}`,
    readStatus,
  };
}

const page = (numbers: number[], nextToken: string | null = null) => ({ items: numbers.map((n) => message(n)), nextToken });
const after = (...events: ChatEvent[]) => events.reduce(reduceChat, emptyChat);
const texts = (chat: Chat) => chat.messages.map((each) => Number(each.message.split(" ")[1]));

describe("a chat", () => {
  it("shows pages in the order of what was said", () => {
    const chat = after({ type: "latest", page: page([5, 4, 3], "t1") }, { type: "older", page: page([2, 1]) });
    expect(texts(chat)).toEqual([1, 2, 3, 4, 5]);
    expect(chat.older).toBeNull();
  });

  it("shows a message once, however often it comes", () => {
    const chat = after(
      { type: "received", message: message(6) },
      { type: "latest", page: page([6, 5]) },
      { type: "received", message: message(6) },
    );
    expect(texts(chat)).toEqual([5, 6]);
  });

  it("puts what came late where it belongs", () => {
    expect(texts(after({ type: "received", message: message(7) }, { type: "received", message: message(3) }))).toEqual([3, 7]);
  });

  it("joins what came after a gap, and goes on with older messages from where it was", () => {
    const chat = after(
      { type: "latest", page: page([5, 4], "t1") },
      { type: "older", page: page([3, 2], "t2") },
      { type: "latest", page: page([7, 6, 5], "t9") },
    );
    expect(texts(chat)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(chat.older).toBe("t2");
  });

  it("leaves no hole: after a gap longer than a page it begins anew", () => {
    const chat = after({ type: "latest", page: page([2, 1], "t1") }, { type: "latest", page: page([9, 8], "t9") });
    expect(texts(chat)).toEqual([8, 9]);
    expect(chat.older).toBe("t9");
  });

  it("shows a draft until it is sent", () => {
    const sending = after({ type: "sending", id: 1, text: "hello" });
    expect(sending.drafts).toEqual([{ id: 1, text: "hello", failed: false }]);
    const sent = reduceChat(sending, { type: "sent", id: 1, message: message(1, "a") });
    expect(sent.drafts).toEqual([]);
    expect(texts(sent)).toEqual([1]);
  });

  it("keeps a draft that failed, to be sent again or discarded", () => {
    const failed = after({ type: "sending", id: 1, text: "x" }, { type: "sending", id: 2, text: "y" }, { type: "failed", id: 1 });
    expect(failed.drafts.map(({ id, failed: no }) => [id, no])).toEqual([[1, true], [2, false]]);
    expect(reduceChat(failed, { type: "sending", id: 1, text: "x" }).drafts.map(({ id, failed: no }) => [id, no])).toEqual([[2, false], [1, false]]);
    expect(reduceChat(failed, { type: "discarded", id: 1 }).drafts.map(({ id }) => id)).toEqual([2]);
  });

  it("marks as read what one side sent, up to a message", () => {
    const chat = after(
      { type: "received", message: message(1, "a") },
      { type: "received", message: message(2, "b") },
      { type: "received", message: message(3, "a") },
      { type: "read", sender: "a", timestamp: message(2).timestamp },
    );
    expect(chat.messages.map(({ readStatus }) => readStatus)).toEqual([true, false, false]);
  });

  it("knows that a message was read of which it hears only then", () => {
    const chat = after(
      { type: "sending", id: 1, text: "x" },
      { type: "read", sender: "a", timestamp: message(1).timestamp },
      { type: "sent", id: 1, message: message(1, "a") },
      { type: "read", sender: "a", timestamp: message(0).timestamp },
      { type: "received", message: message(2, "a") },
    );
    expect(chat.messages.map(({ readStatus }) => readStatus)).toEqual([true, false]);
  });

  it("does not take read back when an answer is older than the event", () => {
    const chat = after({ type: "received", message: message(1, "a", true) }, { type: "latest", page: { items: [message(1, "a")], nextToken: null } });
    expect(chat.messages[0]?.readStatus).toBe(true);
  });

  it("knows the last message that is unread", () => {
    const chat = after({ type: "latest", page: page([3, 2]) }, { type: "received", message: message(4, "a") });
    expect(lastUnread(chat, "a")?.timestamp).toBe(message(3).timestamp);
    expect(lastUnread(reduceChat(chat, { type: "read", sender: "b", timestamp: message(9).timestamp }), "a")).toBeUndefined();
  });
});
