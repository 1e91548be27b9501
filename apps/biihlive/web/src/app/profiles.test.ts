import { describe, expect, it } from "vitest";
import type { User } from "../cloud/model";
import { Clock } from "./clock";
import { isHere, withLatestPresence } from "./profiles";

const user = (isOnline: boolean, lastSeen: string | null): User => ({
  userId: "b",
  nickname: "Bea",
  nombreCompleto: null,
  seguidores: 0,
  siguiendo: 0,
  puntos: 0,
  nivel: 1,
  ciudad: null,
  pais: null,
  descripcion: null,
  isOnline,
  lastSeen,
  foto: null,
  fotoMiniatura: null,
  fotoRechazada: null,
});
const at = (second: number) => new Date(Date.UTC(2026, 10, 28, 12, 0, second)).toISOString();

describe("presence", () => {
  it("is the later word, whatever comes last", () => {
    expect(withLatestPresence(user(true, at(1)), user(false, at(5))).isOnline).toBe(false);
    expect(withLatestPresence(user(true, at(9)), user(false, at(5))).isOnline).toBe(true);
    expect(withLatestPresence(user(false, null), user(true, at(5))).isOnline).toBe(true);
    expect(withLatestPresence(user(true, at(1)), undefined).isOnline).toBe(true);
  });

  it("ends for who just vanishes, by the cloud's clock", () => {
    const clock = new Clock(() => 0); // a device whose clock stands still, long ago
    clock.heard(Date.parse(at(40)));
    expect(isHere(user(true, at(1)), clock)).toBe(true);
    clock.heard(Date.parse(at(59)) + 30_000);
    expect(isHere(user(true, at(1)), clock)).toBe(false);
    expect(isHere(user(false, at(59)), clock)).toBe(false);
    expect(isHere(user(true, null), clock)).toBe(false);
  });
});
