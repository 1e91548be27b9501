import { Icon } from "./icons";
import { usePreferences } from "./preferences";

export function Header() {
  const { t, language, setLanguage, theme, setTheme } = usePreferences();
  return (
    <header className="top">
      <img className="logo" src="./icon.svg" alt="" width="40" height="40" />
      <div className="brand">
        <h1>{t("title")}</h1>
        <p>{t("tagline")}</p>
      </div>
      <div className="language" role="group" aria-label={t("language")}>
        {(["es", "en"] as const).map((each) => (
          <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => setLanguage(each)}>
            {each.toUpperCase()}
            <span className="visually-hidden">{each === "es" ? "Español" : "English"}</span>
          </button>
        ))}
      </div>
      <button
        type="button"
        className="round"
        aria-label={t(theme === "dark" ? "toLight" : "toDark")}
        onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
      >
        <Icon name={theme === "dark" ? "sun" : "moon"} />
      </button>
    </header>
  );
}
