/**
 * The shell: the page itself, kept so that it opens at once and without a network. What members wrote and uploaded is not kept.
 */

/** The files of this build, and a name that changes with them. */
export interface Build {
  readonly version: string;
  readonly files: readonly string[];
}

const PREFIX = "biihlive-shell-";

export class Shell {
  readonly #name: string;
  readonly #build: Build;
  readonly #scope: URL;

  constructor(build: Build, scope: string) {
    this.#build = build;
    this.#name = PREFIX + build.version;
    this.#scope = new URL(scope);
  }

  /** Keeps all files of the build. */
  async install(): Promise<void> {
    const cache = await caches.open(this.#name);
    // Past the HTTP cache: what is kept must be of this build.
    await cache.addAll(this.#build.files.map((file) => new Request(new URL(file, this.#scope), { cache: "reload" })));
    // The first visit fetched it before there was a worker to keep it. Without it the shell is whole all the same.
    await cache.add(new Request(new URL("config.json", this.#scope), { cache: "reload" })).catch(() => undefined);
  }

  /** Drops what other builds kept. */
  async clean(): Promise<void> {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== this.#name).map((name) => caches.delete(name)));
  }

  /** How to answer a request for a part of the shell; undefined for any other request. */
  answer(request: Request): Promise<Response> | undefined {
    if (request.method !== "GET") return undefined;
    const url = new URL(request.url);
    if (url.origin !== this.#scope.origin || !url.pathname.startsWith(this.#scope.pathname)) return undefined;
    const file = url.pathname.slice(this.#scope.pathname.length);
    if (request.mode === "navigate") {
      // Members' photos and videos are of this origin too, and may be opened by themselves.
      return file === "" || file === "index.html" ? this.#networkFirst(request, new URL("index.html", this.#scope).href) : undefined;
    }
    if (file === "config.json") return this.#networkFirst(request, url.href);
    if (this.#build.files.includes(file)) return this.#cacheFirst(request, url.href);
    return undefined;
  }

  async #cacheFirst(request: Request, key: string): Promise<Response> {
    return (await this.#cached(key)) ?? fetch(request);
  }

  /** The newest if the network has it, else the last one seen. */
  async #networkFirst(request: Request, key: string): Promise<Response> {
    try {
      const response = await fetch(request);
      if (response.ok && !response.redirected) {
        const cache = await caches.open(this.#name);
        await cache.put(key, response.clone());
        return response;
      }
      return response.status >= 500 ? ((await this.#cached(key)) ?? response) : response;
    } catch (error) {
      const kept = await this.#cached(key);
      if (kept) return kept;
      throw error;
    }
  }

  async #cached(key: string): Promise<Response | undefined> {
    return (await caches.open(this.#name)).match(key, { ignoreVary: true });
  }
}
