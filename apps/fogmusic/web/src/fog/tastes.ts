import type { Tastes } from "../cloud/tables";

const KEY = "fog-music.tastes";
/** Songs without a genre count too. */
const UNKNOWN = "Unknown";

interface Kept {
  readonly plays: Tastes;
  /** Whether something was counted that the guest's row does not have yet. */
  readonly unsaved: boolean;
}

/**
 * How often each genre was listened to on this device. The count lives here, in the browser's storage, and works without
 * a network; the guest's row in the cloud is a copy.
 */
export class TasteCounts {
  readonly #storage: Pick<Storage, "getItem" | "setItem">;
  readonly #watchers = new Set<() => void>();
  #kept: Kept;

  constructor(storage: Pick<Storage, "getItem" | "setItem">) {
    this.#storage = storage;
    this.#kept = this.#read();
  }

  /** The same object until something changes. */
  get plays(): Tastes {
    return this.#kept.plays;
  }

  get unsaved(): boolean {
    return this.#kept.unsaved;
  }

  count(genre: string): void {
    const name = genre.trim() || UNKNOWN;
    // Read anew: another tab may have counted meanwhile.
    const { plays } = this.#read();
    // A genre may be called anything, "constructor" too.
    const before = Object.hasOwn(plays, name) ? plays[name]! : 0;
    this.#write({ plays: { ...plays, [name]: before + 1 }, unsaved: true });
  }

  /** The guest's row has `plays` now. */
  saved(plays: Tastes): void {
    const now = this.#read();
    this.#write({ plays: now.plays, unsaved: !same(now.plays, plays) });
  }

  /** Another tab wrote: see what it wrote. */
  refresh(): void {
    this.#kept = this.#read();
    this.#tell();
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Whether a storage event concerns this count. */
  static concerns(key: string | null): boolean {
    return key === null || key === KEY;
  }

  #read(): Kept {
    try {
      return keptOf(JSON.parse(this.#storage.getItem(KEY) ?? "null"));
    } catch {
      return this.#kept ?? keptOf(null); // not JSON, or storage is shut: this page's count must do
    }
  }

  #write(kept: Kept): void {
    this.#kept = kept;
    try {
      this.#storage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Full or shut: the count lives as long as the page.
    }
    this.#tell();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Takes from what was stored only what makes sense as a count. */
function keptOf(value: unknown): Kept {
  const { plays, unsaved } = (value ?? {}) as { plays?: unknown; unsaved?: unknown };
  const counts = typeof plays === "object" && plays !== null ? Object.entries(plays) : [];
  const sound = counts.filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1]) && (entry[1] as number) > 0);
  return { plays: Object.fromEntries(sound), unsaved: unsaved === true };
}

function same(a: Tastes, b: Tastes): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
