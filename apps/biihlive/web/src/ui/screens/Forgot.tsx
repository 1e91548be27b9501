import { useState } from "react";
import { hashOf } from "../../app/route";
import { CodeField } from "../CodeField";
import { useApp } from "../context";
import { Field, PasswordField } from "../Field";
import { Failure } from "../Notice";
import { usePreferences } from "../preferences";
import { SubmitButton } from "../SubmitButton";
import { useSubmitting } from "../submitting";

/** A code by mail, and a new password with it. */
export function Forgot({ onDone }: { onDone: () => void }) {
  const { t } = usePreferences();
  const app = useApp();
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState(false);
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { busy, problem, submit } = useSubmitting(async () => {
    if (!asked) {
      await app.session.forgot(email.trim());
      setAsked(true);
      return;
    }
    await app.session.reset(email.trim(), code.trim(), password);
    await app.signIn(email.trim(), password);
    onDone();
  });
  return (
    <form onSubmit={submit}>
      <h1>{t("forgotTitle")}</h1>
      <p>{asked ? t("codeSent", { email: email.trim() }) : t("forgotAdvice")}</p>
      {problem && <Failure problem={problem} />}
      {asked ? (
        <>
          <CodeField value={code} onChange={setCode} />
          <PasswordField
            label={t("newPassword")}
            hint={t("passwordRule")}
            name="password"
            autoComplete="new-password"
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
        </>
      ) : (
        <Field label={t("email")} type="email" name="email" autoComplete="username" required value={email} onChange={(e) => setEmail(e.target.value)} />
      )}
      <SubmitButton busy={busy}>{t(asked ? "changePassword" : "sendCode")}</SubmitButton>
      <p className="aside">
        <a href={hashOf({ at: "signin" })}>{t("back")}</a>
      </p>
    </form>
  );
}
