import { useState } from "react";
import { hashOf } from "../../app/route";
import { useApp } from "../context";
import { Field, PasswordField } from "../Field";
import { Failure } from "../Notice";
import { usePreferences } from "../preferences";
import { SubmitButton } from "../SubmitButton";
import { useSubmitting } from "../submitting";
import type { Pending } from "./Welcome";

export function SignUp({ onPending }: { onPending: (pending: Pending) => void }) {
  const { t } = usePreferences();
  const { session } = useApp();
  const [email, setEmail] = useState("");
  const [nickname, setNickname] = useState("");
  const [password, setPassword] = useState("");
  const { busy, problem, submit } = useSubmitting(async () => {
    await session.signUp(email.trim(), nickname.trim(), password);
    onPending({ email: email.trim(), password });
  });
  return (
    <form onSubmit={submit}>
      <h1>{t("signUpTitle")}</h1>
      {problem && <Failure problem={problem} />}
      <Field label={t("email")} type="email" name="email" autoComplete="username" required value={email} onChange={(e) => setEmail(e.target.value)} />
      <Field
        label={t("nickname")}
        hint={t("nicknameRule")}
        name="nickname"
        autoComplete="nickname"
        required
        minLength={2}
        maxLength={30}
        value={nickname}
        onChange={(e) => setNickname(e.target.value)}
      />
      <PasswordField
        label={t("password")}
        hint={t("passwordRule")}
        name="password"
        autoComplete="new-password"
        value={password}
        onChange={(e) => setPassword(e.target.value)}
      />
      <SubmitButton busy={busy}>{t("signUp")}</SubmitButton>
      <p className="aside">
        {t("haveAccount")} <a href={hashOf({ at: "signin" })}>{t("signIn")}</a>
      </p>
    </form>
  );
}
