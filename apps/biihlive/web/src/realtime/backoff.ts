const FIRST = 500;
const LONGEST = 30_000;

/** How long to wait before the nth attempt (from 1) to connect, in milliseconds: longer each time, and never in step with others. */
export function backoff(attempt: number, random: () => number): number {
  const most = Math.min(FIRST * 2 ** (attempt - 1), LONGEST);
  return most / 2 + (random() * most) / 2;
}
