import { usePreferences } from "./preferences";

export function LanguageSwitch() {
  const { t, language, setLanguage } = usePreferences();
  return (
    <div className="segments" role="group" aria-label={t("language")}>
      {(["es", "en"] as const).map((each) => (
        <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => setLanguage(each)}>
          {each === "es" ? "Español" : "English"}
        </button>
      ))}
    </div>
  );
}
