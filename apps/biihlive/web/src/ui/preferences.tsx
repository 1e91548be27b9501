import { createContext, use, useLayoutEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { Format } from "../i18n/format";
import type { Language } from "../i18n/texts";
import { preferredLanguage, translator, type Translate } from "../i18n/translate";

export type Theme = "light" | "dark";

interface PreferencesValue {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  /** What was chosen; "" follows the device. */
  readonly chosenTheme: Theme | "";
  readonly setTheme: (theme: Theme | "") => void;
  readonly t: Translate;
  readonly format: Format;
}

const Context = createContext<PreferencesValue | undefined>(undefined);

/** The language and the theme: the browser's own, unless chosen on the page. */
export function Preferences({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useKept<Language>("biihlive.language", preferredLanguage(navigator.languages), ["es", "en"]);
  const [chosenTheme, setTheme] = useKept<Theme | "">("biihlive.theme", "", ["light", "dark", ""]);
  const dark = useDark();
  const theme = chosenTheme || (dark ? "dark" : "light");
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const [t, format] = useMemo(() => [translator(language), new Format(language)] as const, [language]);
  const value = useMemo(
    () => ({ language, setLanguage, chosenTheme, setTheme, t, format }),
    [language, setLanguage, chosenTheme, setTheme, t, format],
  );
  return <Context value={value}>{children}</Context>;
}

export function usePreferences(): PreferencesValue {
  const value = use(Context);
  if (!value) throw new Error("outside of Preferences");
  return value;
}

/** A choice that the browser keeps. */
function useKept<T extends string>(key: string, initial: T, allowed: readonly T[]): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = read(key) as T;
    return allowed.includes(kept) ? kept : initial;
  });
  const set = useMemo(
    () => (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(key, next);
      } catch {
        // Storage is shut: the choice lives as long as the page.
      }
    },
    [key],
  );
  return [value, set];
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

const darkness = window.matchMedia("(prefers-color-scheme: dark)");

function useDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      darkness.addEventListener("change", changed);
      return () => darkness.removeEventListener("change", changed);
    },
    () => darkness.matches,
  );
}
