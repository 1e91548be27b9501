/** Numbers, times and countries in the language of the page. */
import type { Language } from "./texts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export class Format {
  readonly #language: Language;
  readonly #numbers: Intl.NumberFormat;
  readonly #compact: Intl.NumberFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #short: Intl.DateTimeFormat;
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #regions: Intl.DisplayNames;

  constructor(language: Language) {
    this.#language = language;
    this.#numbers = new Intl.NumberFormat(language);
    this.#compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
    this.#time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
    this.#short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this.#regions = new Intl.DisplayNames(language, { type: "region" });
  }

  /** 1234 → 1.234, 123456 → 123 mil: a counter has little room. */
  count(n: number): string {
    return (n < 10_000 ? this.#numbers : this.#compact).format(n);
  }

  time(at: number): string {
    return Number.isFinite(at) ? this.#time.format(at) : "";
  }

  date(at: number): string {
    return Number.isFinite(at) ? this.#date.format(at) : "";
  }

  /** The time of today, the day of any other. */
  brief(at: number, now: number): string {
    if (!Number.isFinite(at)) return "";
    return isSameDay(at, now) ? this.#time.format(at) : this.#short.format(at);
  }

  /** 3 minutes ago, yesterday, 4 months ago. */
  ago(at: number, now: number): string {
    const passed = Math.max(0, now - at);
    if (passed < HOUR) return this.#relative.format(-Math.round(passed / 60_000), "minute");
    if (passed < DAY) return this.#relative.format(-Math.round(passed / HOUR), "hour");
    if (passed < 60 * DAY) return this.#relative.format(-Math.round(passed / DAY), "day");
    return this.#relative.format(-Math.round(passed / (30.44 * DAY)), "month");
  }

  /** The name of a country by its code; the code itself if it is none. */
  country(code: string): string {
    try {
      return this.#regions.of(code) ?? code;
    } catch {
      return code;
    }
  }

  /** Names of countries in their order. */
  readonly byName = (a: string, b: string): number => a.localeCompare(b, this.#language);
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
