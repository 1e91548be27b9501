import { texts, type Key, type Language, type Text } from "./texts";

export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

/** The first of the browser's languages that we speak; Spanish if none. */
export function preferredLanguage(languages: readonly string[]): Language {
  for (const tag of languages) {
    const language = tag.toLowerCase().split("-")[0];
    if (language === "es" || language === "en") return language;
  }
  return "es";
}

export function translator(language: Language): Translate {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (key, values = {}) => {
    const text: Text = texts[language][key];
    const form = typeof text === "string" ? text : text[plurals.select(Number(values["count"])) === "one" ? "one" : "other"];
    return form.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === "number" ? numbers.format(value) : (value ?? "");
    });
  };
}
