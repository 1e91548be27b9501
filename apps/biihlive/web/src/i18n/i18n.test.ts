import { describe, expect, it } from "vitest";
import { cityName, countries } from "./countries";
import { Format } from "./format";
import { texts, type Key, type Text } from "./texts";
import { preferredLanguage, translator } from "./translate";

function forms(text: Text): string[] {
  return typeof text === "string" ? [text] : [text.one, text.other];
}

function placeholders(text: Text): string[] {
  return [...new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();
}

describe("texts", () => {
  const keys = Object.keys(texts.es) as Key[];

  it("exist in both languages", () => {
    expect(Object.keys(texts.en).sort()).toEqual([...keys].sort());
  });

  it.each(keys)("%s says something, with the same placeholders", (key) => {
    for (const form of [...forms(texts.es[key]), ...forms(texts.en[key])]) expect(form.trim()).not.toBe("");
    expect(placeholders(texts.en[key])).toEqual(placeholders(texts.es[key]));
  });
});

describe("translator", () => {
  it("fills in values", () => {
    expect(translator("es")("greeting", { name: "Ana" })).toBe("Hola, Ana");
    expect(translator("en")("codeSent", { email: "$& {code}" })).toBe("We sent a code to $& {code}.");
  });

  it("chooses the plural", () => {
    expect([0, 1, 2].map((count) => translator("es")("unread", { count }))).toEqual([
      "0 mensajes sin leer",
      "1 mensaje sin leer",
      "2 mensajes sin leer",
    ]);
  });
});

describe("preferredLanguage", () => {
  it.each([
    [["es-MX", "en"], "es"],
    [["en-GB"], "en"],
    [["fr-FR", "EN-us", "es"], "en"],
    [["fr", "de"], "es"],
    [[], "es"],
  ])("%j → %s", (languages, language) => {
    expect(preferredLanguage(languages)).toBe(language);
  });
});

describe("Format", () => {
  const es = new Format("es");
  const noon = Date.parse("2026-11-28T12:00:00");

  it("shortens large counters", () => {
    expect(es.count(999)).toBe("999");
    expect(new Format("en").count(123_456)).toBe("123.5K");
  });

  it("says how long ago something was", () => {
    expect(es.ago(noon - 20_000, noon)).toBe("este minuto");
    expect(es.ago(noon - 5 * 60_000, noon)).toBe("hace 5 minutos");
    expect(es.ago(noon - 26 * 3_600_000, noon)).toBe("ayer");
    expect(es.ago(noon - 90 * 86_400_000, noon)).toBe("hace 3 meses");
    expect(es.ago(noon + 5000, noon)).toBe("este minuto"); // a clock ahead of ours
  });

  it("says the time of today and the day of others", () => {
    expect(es.brief(noon, noon)).toBe("12:00");
    expect(es.brief(noon - 2 * 86_400_000, noon)).toBe("26 nov");
    expect(es.brief(Number.NaN, noon)).toBe("");
  });

  it("names countries", () => {
    expect(es.country("DE")).toBe("Alemania");
    expect(es.country("nonsense")).toBe("nonsense");
    for (const code of countries) expect(es.country(code), code).not.toBe(code);
  });
});

describe("cityName", () => {
  it.each([
    ["  palma   de mallorca ", "Palma de Mallorca"],
    ["la coruña", "La Coruña"],
    ["MADRID", "Madrid"],
    ["Palma de Mallorca", "Palma de Mallorca"],
    ["vitoria-gasteiz", "Vitoria-Gasteiz"],
    ["ávila", "Ávila"],
    ["", ""],
  ])("%j → %j", (text, name) => {
    expect(cityName(text)).toBe(name);
  });
});
