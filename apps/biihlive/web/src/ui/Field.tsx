import { useId, useState, type InputHTMLAttributes } from "react";
import { Icon } from "./icons";
import { usePreferences } from "./preferences";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: string | undefined;
}

export function Field({ label, hint, ...input }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** A password, which may be looked at. */
export function PasswordField({ label, hint, ...input }: Props) {
  const { t } = usePreferences();
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="with-button">
        <input id={id} type={shown ? "text" : "password"} required minLength={8} aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
        <button type="button" className="round" aria-pressed={shown} aria-label={t(shown ? "hidePassword" : "showPassword")} onClick={() => setShown(!shown)}>
          <Icon name="eye" />
        </button>
      </div>
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
