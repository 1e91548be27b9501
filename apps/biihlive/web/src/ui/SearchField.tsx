import { Icon } from "./icons";
import { usePreferences } from "./preferences";

export function SearchField({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { t } = usePreferences();
  return (
    <search className="search">
      <Icon name="search" />
      <input
        type="search"
        value={text}
        placeholder={t("search")}
        aria-label={t("search")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={30}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onText("")}
      />
      {text && (
        <button type="button" className="round" aria-label={t("clear")} onClick={() => onText("")}>
          <Icon name="close" />
        </button>
      )}
    </search>
  );
}
