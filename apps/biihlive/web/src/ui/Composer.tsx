import { useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icons";
import { usePreferences } from "./preferences";

const MOST = 2000;

/** Where a message is written: Enter sends it, with Shift it makes a line. */
export function Composer({ onSend }: { onSend: (text: string) => void }) {
  const { t } = usePreferences();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${Math.min(element.scrollHeight + 2, 132)}px`;
  }, [text]);
  const send = () => {
    const message = text.trim();
    if (!message) return;
    setText("");
    onSend(message);
    field.current?.focus();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        value={text}
        maxLength={MOST}
        placeholder={t("write")}
        aria-label={t("write")}
        enterKeyHint="send"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" className="round main" aria-label={t("send")} disabled={!text.trim()}>
        <Icon name="send" />
      </button>
    </form>
  );
}
