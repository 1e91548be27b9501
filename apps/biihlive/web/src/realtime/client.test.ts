import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff } from "./backoff";
import { Realtime, type Ears, type Socket, type State, type Subscriber } from "./client";

/** The other side of a WebSocket. */
class Line implements Socket {
  readonly ears: Ears;
  readonly sent: Record<string, unknown>[] = [];
  closed = false;

  constructor(ears: Ears) {
    this.ears = ears;
  }

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  say(message: object) {
    this.ears.heard(JSON.stringify(message));
  }
  /** Accepts the connection and every subscription so far. */
  async accept(timeout = 300_000) {
    this.ears.opened();
    this.say({ type: "connection_ack", payload: { connectionTimeoutMs: timeout } });
    await settled();
    for (const id of this.starts()) this.say({ type: "start_ack", id });
  }
  starts() {
    return this.sent.filter(({ type }) => type === "start").map(({ id }) => id as string);
  }
}

const settled = () => vi.advanceTimersByTimeAsync(0);

function stage() {
  const lines: Line[] = [];
  const authorize = vi.fn(async (fresh: boolean) => ({ host: "h", Authorization: fresh ? "fresh" : "kept" }));
  const states: State[] = [];
  const realtime = new Realtime(
    {
      open: (_subprotocols, ears) => {
        const line = new Line(ears);
        lines.push(line);
        return line;
      },
      authorize,
      after: (milliseconds, then) => {
        const timer = setTimeout(then, milliseconds);
        return () => clearTimeout(timer);
      },
      now: Date.now,
      random: () => 1,
    },
    (state) => states.push(state),
  );
  const line = () => {
    const last = lines.at(-1);
    if (!last) throw new Error("nothing was opened");
    return last;
  };
  return { realtime, lines, line, authorize, states };
}

function subscriber() {
  return {
    query: "subscription { x }",
    variables: { id: "a" },
    next: vi.fn<Subscriber["next"]>(),
    started: vi.fn<() => void>(),
    refused: vi.fn<NonNullable<Subscriber["refused"]>>(),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a subscription", () => {
  it("opens the connection, and gets what is sent", async () => {
    const { realtime, line, lines, states } = stage();
    const one = subscriber();
    realtime.subscribe(one);
    await settled();
    await line().accept();
    expect(line().sent[0]).toEqual({ type: "connection_init" });
    line().say({ type: "data", id: "1", payload: { data: { x: 1 } } });
    expect(one.next).toHaveBeenCalledWith({ x: 1 });
    expect(one.started).toHaveBeenCalledOnce();
    realtime.subscribe(subscriber());
    await settled();
    expect(line().starts()).toEqual(["1", "2"]);
    expect(lines).toHaveLength(1);
    expect(states).toEqual(["connecting", "open"]);
  });

  it("that nobody wants any more is stopped, and with the last one the connection", async () => {
    const { realtime, line, lines } = stage();
    const one = subscriber();
    const leave = [realtime.subscribe(one), realtime.subscribe(subscriber())];
    await settled();
    await line().accept();
    leave[0]?.();
    expect(line().sent.at(-1)).toEqual({ id: "1", type: "stop" });
    line().say({ type: "data", id: "1", payload: { data: { x: 1 } } });
    expect(one.next).not.toHaveBeenCalled();
    leave[1]?.();
    leave[1]?.();
    expect(line().closed).toBe(true);
    expect(realtime.state).toBe("closed");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(lines).toHaveLength(1);
  });

  it("is made again after a gap, and told of it", async () => {
    const { realtime, line, lines, states } = stage();
    const one = subscriber();
    realtime.subscribe(one);
    await settled();
    await line().accept();
    line().ears.closed();
    expect(realtime.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(500);
    expect(lines).toHaveLength(2);
    await line().accept();
    expect(line().starts()).toEqual(["1"]);
    expect(one.started).toHaveBeenCalledTimes(2);
    expect(states).toEqual(["connecting", "open", "waiting", "connecting", "open"]);
  });

  it("whose token ran out is made again with a fresh one, once", async () => {
    const { realtime, line } = stage();
    const one = subscriber();
    realtime.subscribe(one);
    await settled();
    await line().accept();
    const expired = { type: "error", id: "1", payload: { errors: [{ errorType: "UnauthorizedException", message: "Token expired." }] } };
    line().say(expired);
    await settled();
    expect(JSON.stringify(line().sent.at(-1))).toContain('"fresh"');
    line().say(expired);
    expect(one.refused).toHaveBeenCalledOnce();
  });

  it("that is refused for another reason is not tried again", async () => {
    const { realtime, line } = stage();
    const one = subscriber();
    realtime.subscribe(one);
    await settled();
    await line().accept();
    line().say({ type: "error", id: "1", payload: { errors: [{ errorType: "BadRequestException", message: "no such field" }] } });
    await settled();
    expect(line().starts()).toEqual(["1"]);
    expect(one.refused).toHaveBeenCalledWith([{ errorType: "BadRequestException", message: "no such field" }]);
  });
});

describe("a connection", () => {
  it("from which nothing is heard is replaced", async () => {
    const { realtime, line, lines } = stage();
    realtime.subscribe(subscriber());
    await settled();
    await line().accept(1000);
    await vi.advanceTimersByTimeAsync(900);
    line().say({ type: "ka" });
    await vi.advanceTimersByTimeAsync(900);
    expect(lines).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(lines[0]?.closed).toBe(true);
    expect(lines).toHaveLength(2);
  });

  it("that is refused for its token is tried with a fresh one", async () => {
    const { realtime, line, authorize } = stage();
    realtime.subscribe(subscriber());
    await settled();
    line().say({ type: "connection_error", payload: { errors: [{ errorType: "UnauthorizedException", message: "", errorCode: 401 }] } });
    await vi.advanceTimersByTimeAsync(500);
    expect(authorize.mock.calls).toEqual([[false], [true]]);
  });

  it("that does not come about is tried less and less often, and at once when there is a reason", async () => {
    const { realtime, lines, line } = stage();
    realtime.subscribe(subscriber());
    await settled();
    for (const wait of [500, 1000, 2000]) {
      line().ears.closed();
      const before = lines.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(lines).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(lines).toHaveLength(before + 1);
    }
    line().ears.closed();
    const before = lines.length;
    realtime.hurry();
    await settled();
    expect(lines).toHaveLength(before + 1);
  });

  it("that may have died while the device slept is replaced when somebody looks", async () => {
    const { realtime, lines, line } = stage();
    realtime.subscribe(subscriber());
    await settled();
    await line().accept();
    realtime.hurry();
    await settled();
    expect(lines).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100_000);
    realtime.hurry();
    await settled();
    expect(lines).toHaveLength(2);
  });

  it("that was given up is not heard any more", async () => {
    const { realtime, lines, line } = stage();
    const one = subscriber();
    realtime.subscribe(one);
    await settled();
    await line().accept();
    const first = line();
    first.ears.closed();
    await vi.advanceTimersByTimeAsync(500);
    await line().accept();
    first.say({ type: "data", id: "1", payload: { data: { x: 1 } } });
    first.ears.closed();
    expect(one.next).not.toHaveBeenCalled();
    expect(realtime.state).toBe("open");
    expect(lines).toHaveLength(2);
  });

  it("waits for a token that cannot be had", async () => {
    const { realtime, lines, authorize } = stage();
    authorize.mockRejectedValueOnce(new Error("offline"));
    realtime.subscribe(subscriber());
    await settled();
    expect(lines).toHaveLength(0);
    expect(realtime.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(500);
    expect(lines).toHaveLength(1);
  });
});

describe("backoff", () => {
  it("grows up to half a minute, and differs between those who wait", () => {
    expect([1, 2, 3, 7, 50].map((attempt) => backoff(attempt, () => 1))).toEqual([500, 1000, 2000, 30_000, 30_000]);
    expect(backoff(3, () => 0)).toBe(1000);
  });
});
