import { expect, it } from "vitest";
import { middle, within } from "./picture";

it.each([
  [{ width: 4000, height: 3000 }, { width: 1600, height: 1200 }],
  [{ width: 100, height: 3200 }, { width: 50, height: 1600 }],
  [{ width: 800, height: 600 }, { width: 800, height: 600 }],
  [{ width: 1, height: 100_000 }, { width: 1, height: 1600 }],
])("%j shrinks to %j", (from, to) => {
  expect(within(from, 1600)).toEqual(to);
});

it.each([
  [{ width: 400, height: 300 }, { x: 50, y: 0, width: 300, height: 300 }],
  [{ width: 301, height: 400 }, { x: 0, y: 49, width: 301, height: 301 }],
])("the middle of %j is %j", (from, square) => {
  expect(middle(from)).toEqual(square);
});
