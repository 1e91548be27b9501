import { useEffect } from "react";
import { hashOf } from "../../app/route";
import { useStore } from "../../app/store";
import type { User } from "../../cloud/model";
import { LiveAvatar } from "../Avatar";
import { Composer } from "../Composer";
import { useHere, useMember, useProfile } from "../context";
import { Icon } from "../icons";
import { useLoaded } from "../loading";
import { Messages } from "../Messages";
import { goBack } from "../navigation";
import { Blank, Failure } from "../Notice";
import { usePreferences } from "../preferences";

/** One conversation, live. */
export function Chat({ withUserId }: { withUserId: string }) {
  const { t } = usePreferences();
  const member = useMember();
  const conversation = member.conversation(withUserId);
  const { chat, loadingOlder, problem } = useStore(conversation);
  const user = useProfile(withUserId);
  const { value: known } = useLoaded(withUserId, () => member.profiles.load(withUserId));
  useEffect(() => member.profiles.keep(withUserId), [member, withUserId]);
  useEffect(() => {
    void conversation.load();
    const look = () => conversation.look(document.visibilityState === "visible");
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      conversation.look(false);
    };
  }, [conversation]);
  const empty = chat.older === null && chat.messages.length === 0 && chat.drafts.length === 0;
  return (
    <section className="chat" aria-label={user?.nickname ?? t("chats")}>
      <Header user={user} />
      {known === null ? (
        <Blank icon="person" title={t("noMember")} />
      ) : (
        <>
          {problem && <Failure problem={problem} onRetry={() => void conversation.load()} />}
          {empty && user ? (
            <Blank icon="chat" title={t("sayHello", { name: user.nickname })}>
              <p>{t("sayHelloAdvice")}</p>
            </Blank>
          ) : (
            <Messages chat={chat} busy={loadingOlder} onOlder={() => void conversation.loadOlder()} conversation={conversation} />
          )}
          <Composer onSend={(text) => void conversation.send(text)} />
        </>
      )}
    </section>
  );
}

function Header({ user }: { user: User | undefined }) {
  const { t, format } = usePreferences();
  const { clock } = useMember();
  const here = useHere(user);
  const name = user?.nickname ?? "";
  useEffect(() => {
    document.title = name ? `${name} · Biihlive` : "Biihlive";
  }, [name]);
  return (
    <header className="bar chat-bar">
      <button type="button" className="round chat-back" aria-label={t("back")} onClick={() => goBack({ at: "chats" })}>
        <Icon name="back" />
      </button>
      {user && (
        <a className="row-main" href={hashOf({ at: "member", id: user.userId })}>
          <LiveAvatar user={user} size={40} />
          <span className="row-text">
            <h1 className="row-title">
              {name}
            </h1>
            <span className="row-note" role="status">
              {here ? t("here") : user.lastSeen ? t("lastSeen", { when: format.ago(Date.parse(user.lastSeen), clock.now()) }) : "\u00a0"}
            </span>
          </span>
        </a>
      )}
    </header>
  );
}
