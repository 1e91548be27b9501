import { describe, expect, it } from "vitest";
import { fateOf } from "./gallery";

describe("what became of a photo", () => {
  const path = "/profile-photos/ana/photo_1700000000005.jpg";
  const other = "/profile-photos/ana/photo_1700000000004.jpg";

  it("is not known while the profile tells of others, or of none", () => {
    expect(fateOf(undefined, path)).toBe("unknown");
    expect(fateOf({ foto: null, fotoRechazada: null }, path)).toBe("unknown");
    expect(fateOf({ foto: other, fotoRechazada: other }, path)).toBe("unknown");
  });

  it("is that it is shown, or a later one", () => {
    expect(fateOf({ foto: path, fotoRechazada: null }, path)).toBe("shown");
    expect(fateOf({ foto: path, fotoRechazada: null }, other)).toBe("shown");
  });

  it("is that it was refused, whatever is shown from before", () => {
    expect(fateOf({ foto: other, fotoRechazada: path }, path)).toBe("refused");
  });
});
