import type { Ref } from "react";
import { Icon } from "./icons";
import { usePreferences } from "./preferences";

export function SearchField({ ref, query, onQuery }: { ref: Ref<HTMLInputElement>; query: string; onQuery: (query: string) => void }) {
  const { t } = usePreferences();
  return (
    <search className="search">
      <Icon name="search" />
      <input
        ref={ref}
        type="search"
        value={query}
        placeholder={t("search")}
        aria-label={t("search")}
        autoComplete="off"
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onQuery("")}
      />
    </search>
  );
}
