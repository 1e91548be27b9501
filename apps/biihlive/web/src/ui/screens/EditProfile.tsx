import { useId, useState } from "react";
import { useMember, useProfile } from "../context";
import { CountryField } from "../CountryField";
import { Field } from "../Field";
import { cityName } from "../../i18n/countries";
import type { User } from "../../cloud/model";
import { goBack } from "../navigation";
import { Failure, Skeleton } from "../Notice";
import { usePreferences } from "../preferences";
import { Screen } from "../Screen";
import { SubmitButton } from "../SubmitButton";
import { useSubmitting } from "../submitting";

const MOST = 300;

export function EditProfile() {
  const { t } = usePreferences();
  const { userId } = useMember();
  const user = useProfile(userId);
  return (
    <Screen title={t("editProfile")} parent={{ at: "me" }}>
      {user ? <Form user={user} /> : <Skeleton />}
    </Screen>
  );
}

function Form({ user }: { user: User }) {
  const { t } = usePreferences();
  const { api, profiles } = useMember();
  const [nickname, setNickname] = useState(user.nickname);
  const [name, setName] = useState(user.nombreCompleto ?? "");
  const [country, setCountry] = useState(user.pais ?? "");
  const [city, setCity] = useState(user.ciudad ?? "");
  const [bio, setBio] = useState(user.descripcion ?? "");
  const bioId = useId();
  const { busy, problem, submit } = useSubmitting(async () => {
    const input = { nickname: nickname.trim(), nombreCompleto: name.trim(), pais: country, ciudad: cityName(city), descripcion: bio.trim() };
    profiles.meet([await api.updateProfile(input)]);
    goBack({ at: "me" });
  });
  return (
    <form className="card" onSubmit={submit}>
      {problem && <Failure problem={problem} />}
      <Field label={t("nickname")} name="nickname" required minLength={2} maxLength={30} value={nickname} onChange={(e) => setNickname(e.target.value)} />
      <Field label={t("fullName")} name="name" autoComplete="name" maxLength={80} value={name} onChange={(e) => setName(e.target.value)} />
      <CountryField value={country} onChange={setCountry} />
      <Field label={t("city")} name="city" autoComplete="address-level2" maxLength={60} value={city} onChange={(e) => setCity(e.target.value)} />
      <div className="field">
        <label htmlFor={bioId}>{t("bio")}</label>
        <textarea id={bioId} name="bio" rows={4} maxLength={MOST} value={bio} aria-describedby={`${bioId}-hint`} onChange={(e) => setBio(e.target.value)} />
        <p id={`${bioId}-hint`} className="hint">
          {t("bioRule", { count: bio.length, most: MOST })}
        </p>
      </div>
      <SubmitButton busy={busy}>{t("save")}</SubmitButton>
    </form>
  );
}
