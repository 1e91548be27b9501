/** The page's side of the fog node: it starts the service worker, gives it what it asks for, and hears of failures. */
import type { ClaimRequest, FromWorker, Grant, GrantAnswer, SongFailure } from "../messages";

/** The browser cannot run the worker, or does not let it take over the page. */
export class FogNodeError extends Error {
  override readonly name = "FogNodeError";
  readonly reason: "insecure" | "unsupported" | "refused";

  constructor(reason: FogNodeError["reason"], detail = "") {
    super(detail || reason);
    this.reason = reason;
  }
}

/** What fetch and Amplify call an error when nothing answers. */
const UNREACHABLE = ["TypeError", "NetworkError"];
/** How long the worker may take to take over. */
const PATIENCE = 15_000;

/** Starts the worker, and waits until it controls the page: only then may a song be asked for. */
export async function startFogNode(give: (fresh: boolean) => Promise<Grant>, onFailure: (failure: SongFailure) => void): Promise<void> {
  if (!window.isSecureContext) throw new FogNodeError("insecure");
  const workers = navigator.serviceWorker;
  if (!workers) throw new FogNodeError("unsupported");
  workers.addEventListener("message", ({ data, ports }: MessageEvent<FromWorker>) => {
    if (data.type === "song-failed") onFailure(data);
    if (data.type === "grant?") void answer(give, data.fresh, ports[0]);
  });
  workers.startMessages();
  try {
    await workers.register("sw.js", { updateViaCache: "none", type: import.meta.env.DEV ? "module" : "classic" });
  } catch (error) {
    // Without a network the worker that is there does.
    if (!workers.controller) throw new FogNodeError("refused", String(error));
  }
  await controlled(workers);
}

async function answer(give: (fresh: boolean) => Promise<Grant>, fresh: boolean, port: MessagePort | undefined): Promise<void> {
  const reply = (message: GrantAnswer) => port?.postMessage(message);
  try {
    reply({ grant: await give(fresh) });
  } catch (error) {
    const unreachable = !navigator.onLine || (error instanceof Error && UNREACHABLE.includes(error.name));
    reply({ problem: unreachable ? "offline" : "session", detail: String(error) });
  }
}

function controlled(workers: ServiceWorkerContainer): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      if (!workers.controller) return;
      clearTimeout(timer);
      workers.removeEventListener("controllerchange", done);
      resolve();
    };
    const timer = setTimeout(() => reject(new FogNodeError("refused", "the worker did not take over")), PATIENCE);
    workers.addEventListener("controllerchange", done);
    // A page that was reloaded by force has an active worker that does not control it: it is asked to.
    void workers.ready.then(({ active }) => active?.postMessage({ type: "claim" } satisfies ClaimRequest));
    done();
  });
}
