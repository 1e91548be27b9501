import { useApp } from "../context";
import { LanguageSwitch } from "../LanguageSwitch";
import { replaceWith } from "../navigation";
import { usePreferences } from "../preferences";
import { Screen } from "../Screen";

const themes = [
  ["", "themeAuto"],
  ["light", "themeLight"],
  ["dark", "themeDark"],
] as const;

export function Settings() {
  const { t, chosenTheme, setTheme } = usePreferences();
  const app = useApp();
  return (
    <Screen title={t("settings")} parent={{ at: "me" }}>
      <div className="card settings">
        <h2>{t("language")}</h2>
        <LanguageSwitch />
        <h2>{t("theme")}</h2>
        <div className="segments" role="group" aria-label={t("theme")}>
          {themes.map(([theme, label]) => (
            <button key={theme} type="button" aria-pressed={chosenTheme === theme} onClick={() => setTheme(theme)}>
              {t(label)}
            </button>
          ))}
        </div>
        <button
          type="button"
          className="button wide danger"
          onClick={() => {
            replaceWith({ at: "signin" });
            void app.signOut();
          }}
        >
          {t("signOut")}
        </button>
      </div>
    </Screen>
  );
}
