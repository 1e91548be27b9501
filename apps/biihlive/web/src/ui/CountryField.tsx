import { useId, useMemo } from "react";
import { countries } from "../i18n/countries";
import { usePreferences } from "./preferences";

export function CountryField({ value, onChange, hideLabel = false }: { value: string; onChange: (code: string) => void; hideLabel?: boolean }) {
  const { t, format } = usePreferences();
  const id = useId();
  const named = useMemo(() => countries.map((code) => ({ code, name: format.country(code) })).sort((a, b) => format.byName(a.name, b.name)), [format]);
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : undefined}>
        {t("country")}
      </label>
      <select id={id} name="country" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{t("noCountry")}</option>
        {named.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
