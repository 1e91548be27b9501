/** What a Range header asks of a song of a known size. Both ends are inclusive, as in HTTP. */
export type Wanted =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly start: number; readonly end: number }
  | { readonly kind: "unsatisfiable" };

/**
 * Reads a Range header (RFC 9110, section 14).
 *
 * A header that is not a single byte range is ignored, as the RFC allows: the answer is then the whole song.
 */
export function parseRange(header: string | null, size: number): Wanted {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return { kind: "whole" };
  if (match[1] === "") return suffix(Number(match[2]), size);
  const start = Number(match[1]);
  const end = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== "" && Number(match[2]) < start) return { kind: "whole" };
  if (start >= size) return { kind: "unsatisfiable" };
  return { kind: "part", start, end };
}

function suffix(length: number, size: number): Wanted {
  if (length === 0 || size === 0) return { kind: "unsatisfiable" };
  return { kind: "part", start: Math.max(0, size - length), end: size - 1 };
}

/** The status and headers of an answer to `wanted`. */
export function rangeAnswer(wanted: Wanted, size: number, contentType: string): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {
    "Accept-Ranges": "bytes",
    "Content-Type": contentType,
    "Cache-Control": "no-store",
  };
  switch (wanted.kind) {
    case "whole":
      return { status: 200, headers: { ...headers, "Content-Length": String(size) } };
    case "part":
      headers["Content-Length"] = String(wanted.end - wanted.start + 1);
      headers["Content-Range"] = `bytes ${wanted.start}-${wanted.end}/${size}`;
      return { status: 206, headers };
    case "unsatisfiable":
      headers["Content-Range"] = `bytes */${size}`;
      return { status: 416, headers };
  }
}
