import { useState } from "react";
import { useApp } from "../context";
import { replaceWith } from "../navigation";
import { Failure } from "../Notice";
import { usePreferences } from "../preferences";
import { SubmitButton } from "../SubmitButton";
import { useSubmitting } from "../submitting";
import { CodeField } from "../CodeField";
import type { Pending } from "./Welcome";

/** The code that came by mail; then one is in. */
export function Confirm({ pending, onLeave }: { pending: Pending; onLeave: () => void }) {
  const { t } = usePreferences();
  const app = useApp();
  const [code, setCode] = useState("");
  const [confirmed, setConfirmed] = useState(false);
  const { busy, problem, submit } = useSubmitting(async () => {
    if (!confirmed) await app.session.confirm(pending.email, code.trim());
    setConfirmed(true);
    await app.signIn(pending.email, pending.password);
    replaceWith({ at: "home" });
  });
  const again = useSubmitting(() => app.session.resend(pending.email));
  const [resent, setResent] = useState(false);
  return (
    <form onSubmit={submit}>
      <h1>{t("codeTitle")}</h1>
      <p>{t("codeSent", { email: pending.email })}</p>
      {(problem ?? again.problem) && <Failure problem={(problem ?? again.problem)!} />}
      <CodeField value={code} onChange={setCode} />
      <SubmitButton busy={busy}>{t("confirm")}</SubmitButton>
      <p className="aside" role="status">
        {resent && !again.busy && !again.problem && t("resent")}
      </p>
      <p className="aside row-of">
        <button
          type="button"
          className="link"
          onClick={() => {
            setResent(true);
            void again.submit();
          }}
        >
          {t("resend")}
        </button>
        <button type="button" className="link" onClick={onLeave}>
          {t("cancel")}
        </button>
      </p>
    </form>
  );
}
