import { hashOf } from "../../app/route";
import { useStore } from "../../app/store";
import { instant, type Conversation } from "../../cloud/model";
import { LiveAvatar } from "../Avatar";
import { useMember, useProfile } from "../context";
import { More } from "../More";
import { Blank, Failure, Skeleton } from "../Notice";
import { usePreferences } from "../preferences";
import { Screen } from "../Screen";
import { Chat } from "./Chat";

/** My conversations, and one of them: side by side where there is room, else one or the other. */
export function Chats({ withUserId }: { withUserId?: string }) {
  return (
    <div className="chats" data-open={withUserId ? true : undefined}>
      <List openId={withUserId} />
      {withUserId ? <Chat key={withUserId} withUserId={withUserId} /> : <NoChat />}
    </div>
  );
}

function NoChat() {
  const { t } = usePreferences();
  return (
    <div className="no-chat">
      <Blank icon="chat" title={t("chooseChat")} />
    </div>
  );
}

function List({ openId }: { openId: string | undefined }) {
  const { t } = usePreferences();
  const { inbox } = useMember();
  const { conversations, more, problem } = useStore(inbox);
  return (
    <Screen title={t("chats")} className="chat-list">
      {problem && <Failure problem={problem} onRetry={() => void inbox.load()} />}
      {!conversations && !problem && <Skeleton />}
      {conversations?.length === 0 && (
        <Blank icon="chat" title={t("noChats")}>
          <p>{t("noChatsAdvice")}</p>
          <a className="button main" href={hashOf({ at: "home" })}>
            {t("findPeople")}
          </a>
        </Blank>
      )}
      {conversations && conversations.length > 0 && (
        <ul className="rows">
          {conversations.map((each) => (
            <Row key={each.withUserId} conversation={each} open={each.withUserId === openId} />
          ))}
        </ul>
      )}
      {more && <More busy={false} onMore={() => void inbox.loadMore()} />}
    </Screen>
  );
}

function Row({ conversation, open }: { conversation: Conversation; open: boolean }) {
  const { t, format } = usePreferences();
  const { clock } = useMember();
  const { withUserId, lastMessage, lastTimestamp, unread } = conversation;
  const user = useProfile(withUserId) ?? conversation.user;
  if (!user) return null;
  const at = instant(lastTimestamp);
  return (
    <li className="row" data-unread={unread > 0 || undefined}>
      <a className="row-main" href={hashOf({ at: "chat", id: withUserId })} aria-current={open ? "page" : undefined}>
        <LiveAvatar user={user} size={52} />
        <span className="row-text">
          <span className="row-title">{user.nickname}</span>
          <span className="row-note">{lastMessage}</span>
        </span>
        <span className="row-end">
          <time dateTime={lastTimestamp.split("#")[0]}>{format.brief(at, clock.now())}</time>
          {unread > 0 && (
            <span className="badge">
              {format.count(unread)}
              <span className="visually-hidden"> {t("unread", { count: unread })}</span>
            </span>
          )}
        </span>
      </a>
    </li>
  );
}
