/** Everything that there is while a member is signed in. */
import type { Api } from "../cloud/api";
import type { Message, ReadReceipt } from "../cloud/model";
import { mutations, subscriptions } from "../cloud/operations";
import type { Session } from "../cloud/session";
import { Uploader } from "../cloud/upload";
import { Conversation } from "../chat/conversation";
import { Inbox } from "../chat/inbox";
import type { Config } from "../config";
import { Gallery } from "../media/gallery";
import { Realtime, type Environment, type State } from "../realtime/client";
import { realtimeUrl } from "../realtime/protocol";
import type { Clock } from "./clock";
import { PresenceBeat } from "./presence";
import { Profiles } from "./profiles";
import { Store } from "./store";

export class Member {
  readonly userId: string;
  readonly api: Api;
  readonly clock: Clock;
  readonly profiles: Profiles;
  readonly inbox: Inbox;
  readonly gallery: Gallery;
  readonly live = new Store<State>("closed");
  readonly #realtime: Realtime;
  readonly #conversations = new Map<string, Conversation>();
  readonly #leave: (() => void)[];

  constructor(userId: string, config: Config, session: Session, api: Api, clock: Clock) {
    this.userId = userId;
    this.api = api;
    this.clock = clock;
    this.#realtime = new Realtime(realtimeEnvironment(config, session), (state) => this.live.set(state));
    this.profiles = new Profiles(api, this.#realtime);
    this.inbox = new Inbox(api, userId, this.profiles.meet);
    this.gallery = new Gallery(api, new Uploader(config, session, clock), this.profiles, userId, () => clock.now());
    const beat = new PresenceBeat(api, clock, () => sayGoodbye(config, session));
    this.#leave = [beat.start(), this.profiles.keep(userId), this.#hearMessages(), this.#hearReads(), this.#hurry()];
    void this.inbox.load();
  }

  /** A conversation, kept as long as the member is signed in: coming back to it takes no waiting. */
  conversation(withUserId: string): Conversation {
    let conversation = this.#conversations.get(withUserId);
    if (!conversation) {
      conversation = new Conversation(withUserId, this.api, this.userId, this.inbox);
      this.#conversations.set(withUserId, conversation);
    }
    return conversation;
  }

  /** Says that I have gone, and ends what there is. */
  async leave(): Promise<void> {
    this.close();
    await this.api.goOffline().catch(() => undefined);
  }

  close(): void {
    this.#leave.forEach((each) => each());
    this.#realtime.close();
  }

  #hearMessages(): () => void {
    return this.#realtime.subscribe({
      query: subscriptions.onMessage,
      variables: { receiverId: this.userId },
      next: (data) => {
        const message = data["onMessage"] as Message | null;
        if (!message) return;
        this.inbox.took(message);
        this.#conversations.get(message.senderId)?.received(message);
      },
      started: () => {
        void this.inbox.load();
        for (const conversation of this.#conversations.values()) void conversation.load();
      },
    });
  }

  #hearReads(): () => void {
    return this.#realtime.subscribe({
      query: subscriptions.onRead,
      variables: { senderId: this.userId },
      next: (data) => {
        const receipt = data["onRead"] as ReadReceipt | null;
        if (receipt) this.#conversations.get(receipt.readerId)?.wasRead(receipt);
      },
    });
  }

  /** When the network is back, or somebody looks again, a connection is worth trying at once. */
  #hurry(): () => void {
    const hurry = () => document.visibilityState === "visible" && this.#realtime.hurry();
    window.addEventListener("online", hurry);
    document.addEventListener("visibilitychange", hurry);
    return () => {
      window.removeEventListener("online", hurry);
      document.removeEventListener("visibilitychange", hurry);
    };
  }
}

function realtimeEnvironment(config: Config, session: Session): Environment {
  const url = realtimeUrl(config.graphqlUrl);
  const { host } = new URL(config.graphqlUrl);
  return {
    open(subprotocols, ears) {
      const socket = new WebSocket(url, subprotocols);
      socket.onopen = () => ears.opened();
      socket.onmessage = ({ data }) => ears.heard(data);
      socket.onclose = () => ears.closed();
      return socket;
    },
    authorize: async (fresh) => ({ host, Authorization: await session.token(fresh) }),
    after(milliseconds, then) {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
    now: Date.now,
    random: Math.random,
  };
}

/** Says that I have gone, by a request that outlives the page. */
function sayGoodbye(config: Config, session: Session): void {
  if (!session.lastToken) return;
  void fetch(config.graphqlUrl, {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json", Authorization: session.lastToken },
    body: JSON.stringify({ query: mutations.goOffline }),
  }).catch(() => undefined);
}
