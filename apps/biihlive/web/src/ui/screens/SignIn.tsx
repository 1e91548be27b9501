import { useState } from "react";
import { hashOf } from "../../app/route";
import { useApp } from "../context";
import { Field, PasswordField } from "../Field";
import { go } from "../navigation";
import { Failure } from "../Notice";
import { usePreferences } from "../preferences";
import { SubmitButton } from "../SubmitButton";
import { useSubmitting } from "../submitting";
import type { Pending } from "./Welcome";

export function SignIn({ onPending }: { onPending: (pending: Pending) => void }) {
  const { t } = usePreferences();
  const app = useApp();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { busy, problem, submit } = useSubmitting(async () => {
    switch (await app.signIn(email.trim(), password)) {
      case "confirm":
        await app.session.resend(email.trim());
        onPending({ email: email.trim(), password });
        return;
      case "reset":
        go({ at: "forgot" });
    }
  });
  return (
    <form onSubmit={submit}>
      <h1>{t("signInTitle")}</h1>
      {problem && <Failure problem={problem} />}
      <Field label={t("email")} type="email" name="email" autoComplete="username" required value={email} onChange={(e) => setEmail(e.target.value)} />
      <PasswordField label={t("password")} name="password" autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} />
      <SubmitButton busy={busy}>{t("signIn")}</SubmitButton>
      <p className="aside">
        <a href={hashOf({ at: "forgot" })}>{t("forgot")}</a>
      </p>
      <p className="aside">
        {t("noAccount")} <a href={hashOf({ at: "signup" })}>{t("signUp")}</a>
      </p>
    </form>
  );
}
