import { createContext, use, useLayoutEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import type { Language } from "../i18n/texts";
import { preferredLanguage, translator, type Translate } from "../i18n/translate";

type Theme = "light" | "dark";

interface PreferencesValue {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
  readonly t: Translate;
}

const Context = createContext<PreferencesValue | undefined>(undefined);

/** The listener's language and theme: the browser's own, unless chosen on the page. */
export function Preferences({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useKept<Language>("fog-music.language", preferredLanguage(navigator.languages), ["es", "en"]);
  const [chosen, setTheme] = useKept<Theme | "">("fog-music.theme", "", ["light", "dark"]);
  const dark = useDark();
  const theme = chosen || (dark ? "dark" : "light");
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const t = useMemo(() => translator(language), [language]);
  const value = useMemo(() => ({ language, setLanguage, theme, setTheme, t }), [language, setLanguage, theme, setTheme, t]);
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
