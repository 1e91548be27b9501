import { describe, expect, it } from "vitest";
import { parseRange, rangeAnswer, type Wanted } from "./range";

const whole: Wanted = { kind: "whole" };
const unsatisfiable: Wanted = { kind: "unsatisfiable" };
const part = (start: number, end: number): Wanted => ({ kind: "part", start, end });

describe("parseRange", () => {
  it.each<[string | null, number, Wanted]>([
    [null, 100, whole],
    ["bytes=0-", 100, part(0, 99)],
    ["bytes=0-1", 100, part(0, 1)],
    ["bytes=40-59", 100, part(40, 59)],
    ["bytes=40-400", 100, part(40, 99)],
    ["bytes=99-", 100, part(99, 99)],
    ["bytes=-10", 100, part(90, 99)],
    ["bytes=-1000", 100, part(0, 99)],
    [" bytes=5-6 ", 100, part(5, 6)],
    ["bytes=100-", 100, unsatisfiable],
    ["bytes=100-200", 100, unsatisfiable],
    ["bytes=-0", 100, unsatisfiable],
    ["bytes=0-", 0, unsatisfiable],
    ["bytes=-5", 0, unsatisfiable],
    // Not a single range of bytes: ignored, as the RFC allows.
    ["bytes=-", 100, whole],
    ["bytes=9-5", 100, whole],
    ["bytes=0-1,5-6", 100, whole],
    ["bytes=a-b", 100, whole],
    ["items=0-1", 100, whole],
    ["", 100, whole],
  ])("%j of %d bytes", (header, size, wanted) => {
    expect(parseRange(header, size)).toEqual(wanted);
  });
});

describe("rangeAnswer", () => {
  it("answers 200 with the whole length", () => {
    const { status, headers } = rangeAnswer(whole, 100, "audio/mpeg");
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "Content-Length": "100", "Accept-Ranges": "bytes", "Content-Type": "audio/mpeg" });
    expect(headers).not.toHaveProperty("Content-Range");
  });

  it("answers 206 with the part it sends", () => {
    const { status, headers } = rangeAnswer(part(40, 59), 100, "audio/mpeg");
    expect(status).toBe(206);
    expect(headers).toMatchObject({ "Content-Length": "20", "Content-Range": "bytes 40-59/100" });
  });

  it("answers 416 with the size", () => {
    const { status, headers } = rangeAnswer(unsatisfiable, 100, "audio/mpeg");
    expect(status).toBe(416);
    expect(headers["Content-Range"]).toBe("bytes */100");
  });
});
