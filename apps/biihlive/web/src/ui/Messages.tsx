import { Fragment } from "react";
import type { Chat, Draft } from "../chat/chat";
import type { Conversation } from "../chat/conversation";
import { instant, type Message } from "../cloud/model";
import { isSameDay } from "../i18n/format";
import { useMember } from "./context";
import { Icon } from "./icons";
import { More } from "./More";
import { usePreferences } from "./preferences";

interface Props {
  readonly chat: Chat;
  readonly conversation: Conversation;
  readonly busy: boolean;
  readonly onOlder: () => void;
}

/** What was said, the latest at the bottom, where it stays when older messages come in above. */
export function Messages({ chat, conversation, busy, onOlder }: Props) {
  const { t } = usePreferences();
  const { userId } = useMember();
  const { messages, drafts, older } = chat;
  return (
    <div className="messages" tabIndex={0} role="group" aria-label={t("chats")}>
      <ol role="log">
        {older && (
          <li>
            <More busy={busy} onMore={onOlder} />
          </li>
        )}
        {older === undefined && <Shadows />}
        {messages.map((message, i) => {
          const before = messages[i - 1];
          const newDay = !before || !isSameDay(instant(before.timestamp), instant(message.timestamp));
          return (
            <Fragment key={message.timestamp}>
              {newDay && <Day at={instant(message.timestamp)} />}
              <Bubble message={message} mine={message.senderId === userId} follows={!newDay && before.senderId === message.senderId} />
            </Fragment>
          );
        })}
        {drafts.map((draft) => (
          <DraftBubble key={draft.id} draft={draft} conversation={conversation} />
        ))}
      </ol>
    </div>
  );
}

function Day({ at }: { at: number }) {
  const { t, format } = usePreferences();
  const { clock } = useMember();
  const now = clock.now();
  return <li className="day">{isSameDay(at, now) ? t("today") : isSameDay(at, now - 86_400_000) ? t("yesterday") : format.date(at)}</li>;
}

function Bubble({ message, mine, follows }: { message: Message; mine: boolean; follows: boolean }) {
  const { t, format } = usePreferences();
  return (
    <li className={`bubble ${mine ? "mine" : ""} ${follows ? "follows" : ""}`}>
      <p>{message.message}</p>
      <span className="bubble-end">
        <time dateTime={message.timestamp.split("#")[0]}>{format.time(instant(message.timestamp))}</time>
        {mine && (
          <span className={message.readStatus ? "mark read" : "mark"}>
            <Icon name={message.readStatus ? "checks" : "check"} />
            <span className="visually-hidden">{t(message.readStatus ? "read" : "sent")}</span>
          </span>
        )}
      </span>
    </li>
  );
}

function DraftBubble({ draft, conversation }: { draft: Draft; conversation: Conversation }) {
  const { t } = usePreferences();
  return (
    <li className={`bubble mine draft ${draft.failed ? "failed" : ""}`}>
      <p>{draft.text}</p>
      {draft.failed ? (
        <span className="bubble-end" role="alert">
          {t("notSent")}
          <button type="button" className="link" onClick={() => void conversation.send(draft.text, draft.id)}>
            {t("retry")}
          </button>
          <button type="button" className="link" onClick={() => conversation.discard(draft.id)}>
            {t("discard")}
          </button>
        </span>
      ) : (
        <span className="bubble-end">
          <span className="mark">
            <Icon name="clock" />
            <span className="visually-hidden">{t("sending")}</span>
          </span>
        </span>
      )}
    </li>
  );
}

/** Bubbles that are on their way. */
function Shadows() {
  const { t } = usePreferences();
  return (
    <li role="status" className="shadows">
      <span className="visually-hidden">{t("loading")}</span>
      {[52, 38, 61, 30].map((width, i) => (
        <span key={width} className={`bubble bone ${i % 2 ? "mine" : ""}`} style={{ inlineSize: `${width}%` }} />
      ))}
    </li>
  );
}
