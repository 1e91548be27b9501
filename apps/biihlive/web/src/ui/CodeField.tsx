import { Field } from "./Field";
import { usePreferences } from "./preferences";

export function CodeField({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const { t } = usePreferences();
  return (
    <Field
      label={t("code")}
      name="code"
      className="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\s*[0-9]{6}\s*"
      placeholder="······"
      required
      autoFocus
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
