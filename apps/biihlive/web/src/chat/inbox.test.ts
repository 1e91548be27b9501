import { describe, expect, it } from "vitest";
import type { Conversation, Message } from "../cloud/model";
import { unreadIn, withMessage } from "./inbox";

const conversation = (withUserId: string, minute: string, unread = 0): Conversation => ({
  withUserId,
  user: null,
  lastMessage: "before",
  lastTimestamp: `2026-11-28T10:${minute}:00.000Z#x`,
  unread,
});
const message = (senderId: string, receiverId: string, minute: string): Message => ({
  conversationId: "x",
  timestamp: `2026-11-28T10:${minute}:00.000Z#x`,
  senderId,
  receiverId,
  message: "now",
  readStatus: false,
});
const inbox = [conversation("b", "05", 1), conversation("c", "01")];

describe("the inbox", () => {
  it("puts a conversation with a new message first, unread", () => {
    const next = withMessage(inbox, message("c", "me", "09"), "me");
    expect(next?.map(({ withUserId, unread, lastMessage }) => [withUserId, unread, lastMessage])).toEqual([["c", 1, "now"], ["b", 1, "before"]]);
    expect(unreadIn(next)).toBe(2);
  });

  it("does not count what I sent", () => {
    expect(unreadIn(withMessage(inbox, message("me", "c", "09"), "me"))).toBe(1);
  });

  it("counts a message once", () => {
    expect(withMessage(inbox, message("b", "me", "05"), "me")).toBe(inbox);
  });

  it("tells of a conversation that it does not know", () => {
    expect(withMessage(inbox, message("d", "me", "09"), "me")).toBeUndefined();
  });
});
