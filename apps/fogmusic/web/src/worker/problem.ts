import type { Problem } from "../messages";

/** A song cannot be played, for a reason the listener is told. */
export class SongError extends Error {
  override readonly name = "SongError";
  readonly problem: Problem;

  constructor(problem: Problem, detail: string) {
    super(detail);
    this.problem = problem;
  }
}

/** Finds the reason in whatever was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof SongError) return error.problem;
  if (!(error instanceof Error)) return "server";
  switch (error.name) {
    case "TamperedError":
    case "FormatError":
      return "tampered";
    case "TypeError": // what fetch throws when nothing answers
    case "AbortError":
    case "TimeoutError":
      return "offline";
    default:
      return "server";
  }
}

/** A refusal by AWS: its status and the code in its XML or JSON body. */
export function refusal(status: number, body: string): { problem: Problem; code: string } {
  const code = /<Code>([^<]+)<\/Code>/.exec(body)?.[1] ?? /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(body)?.[1] ?? String(status);
  return { problem: refusalProblem(status, code, body), code };
}

/** Whether other credentials may be accepted where these were not. */
export function worthFreshCredentials(status: number, body: string): boolean {
  const { code } = refusal(status, body);
  const stale = ["ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId",
    "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"];
  return stale.includes(code) || (code === "AccessDenied" && /Request has expired/.test(body));
}

function refusalProblem(status: number, code: string, body: string): Problem {
  if (code === "RequestTimeTooSkewed" || code === "RequestExpired" || /Signature (expired|not yet current)|Request has expired|not valid yet/.test(body)) return "clock";
  // A wrong encryption context, or a wrapped key of another song or of nobody: the container was meddled with.
  if (code === "InvalidCiphertextException" || code === "IncorrectKeyException") return "tampered";
  // The object is shorter than where the song must have a chunk.
  if (status === 416) return "tampered";
  if (status === 404) return "missing";
  if (status >= 500 || status === 429 || /Throttl|SlowDown/.test(code)) return "server";
  return "denied";
}
