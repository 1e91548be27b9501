/** The cloud's time. A device's own clock may be wrong, and signatures and presence are judged by the cloud's. */
export class Clock {
  #ahead = 0;
  readonly #device: () => number;

  constructor(device: () => number = Date.now) {
    this.#device = device;
  }

  /** Takes the time that the cloud has just said it was, in milliseconds. */
  heard(time: number): void {
    if (Number.isFinite(time)) this.#ahead = time - this.#device();
  }

  now(): number {
    return this.#device() + this.#ahead;
  }
}
