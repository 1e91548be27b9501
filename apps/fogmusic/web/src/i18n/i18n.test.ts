import { describe, expect, it } from "vitest";
import { texts, type Key, type Text } from "./texts";
import { clock, preferredLanguage, translator } from "./translate";

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
    expect(translator("es")("play", { title: "Bruma", artist: "Nadie" })).toBe("Reproducir Bruma, de Nadie");
    expect(translator("en")("play", { title: "$& {artist}", artist: "x" })).toBe("Play $& {artist}, by x");
  });

  it("chooses the plural", () => {
    expect([0, 1, 2].map((count) => translator("es")("songCount", { count }))).toEqual(["0 canciones", "1 canción", "2 canciones"]);
    expect([0, 1, 2].map((count) => translator("en")("songCount", { count }))).toEqual(["0 songs", "1 song", "2 songs"]);
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

describe("clock", () => {
  it.each([
    [0, "0:00"],
    [5.9, "0:05"],
    [65, "1:05"],
    [3700, "1:01:40"],
    [Number.NaN, "0:00"],
    [Number.POSITIVE_INFINITY, "0:00"],
    [-1, "0:00"],
  ])("%d → %s", (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });
});
