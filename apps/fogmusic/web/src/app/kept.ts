import type { Song } from "../cloud/tables";
import type { Config } from "../config";

const KEY = "fog-music.catalog";

/** Keeps the list for a visit without a network. */
export function keepSongs(config: Config, songs: readonly Song[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ stack: stackOf(config), songs }));
  } catch {
    // Storage is full or shut: the list is fetched next time.
  }
}

/** The list of the last visit to the same stack. */
export function keptSongs(config: Config): Song[] | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as { stack?: string; songs?: Song[] } | null;
    return kept?.stack === stackOf(config) && Array.isArray(kept.songs) && kept.songs.length > 0 ? kept.songs : undefined;
  } catch {
    return undefined;
  }
}

function stackOf(config: Config): string {
  return [config.endpoint, config.region, config.mediaBucket, config.identityPoolId].join(" ");
}
