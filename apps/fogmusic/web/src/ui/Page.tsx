import { useDeferredValue, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { App } from "../app/app";
import type { Song } from "../cloud/tables";
import { connectKeys } from "../player/keys";
import { FogPanel } from "./FogPanel";
import { Header } from "./Header";
import { EmptyCatalogue, NoMatch, StartFailed, Stale } from "./Notices";
import { PlayerBar } from "./PlayerBar";
import { usePreferences } from "./preferences";
import { SearchField } from "./SearchField";
import { SongList, SongListSkeleton } from "./SongList";

export function Page({ app }: { app: App }) {
  const state = useSyncExternalStore(app.watch, () => app.state);
  const { t } = usePreferences();
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query);
  const found = useMemo(() => search(state.songs ?? [], wanted), [state.songs, wanted]);
  const list = useRef<HTMLOListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      connectKeys(app.player, {
        search: () => field.current,
        songs: () => [...(list.current?.querySelectorAll<HTMLElement>("button.song-play") ?? [])],
      }),
    [app],
  );
  const reload = () => void app.start();
  return (
    <>
      <Header />
      <main>
        <section className="catalogue" aria-labelledby="songs-title">
          <div className="catalogue-head">
            <h2 id="songs-title">
              {t("songs")} {state.songs && <small>{t("songCount", { count: state.songs.length })}</small>}
            </h2>
            {state.songs && state.songs.length > 0 && <SearchField ref={field} query={query} onQuery={setQuery} />}
          </div>
          {state.failure && <StartFailed failure={state.failure} onRetry={reload} />}
          {state.stale && <Stale onRetry={reload} />}
          {!state.songs && !state.failure && <SongListSkeleton />}
          {state.songs?.length === 0 && <EmptyCatalogue onReload={reload} />}
          {found.length > 0 && <SongList ref={list} app={app} songs={found} ready={state.ready} />}
          {state.songs && state.songs.length > 0 && found.length === 0 && <NoMatch query={wanted} onClear={() => setQuery("")} />}
        </section>
        <FogPanel tastes={app.tastes} identityId={state.identityId} />
        <p className="keys">{t("keys")}</p>
      </main>
      <PlayerBar player={app.player} />
    </>
  );
}

/** The songs in whose title, artist, album or genre every word occurs, whatever its case and accents. */
function search(songs: readonly Song[], query: string): readonly Song[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return songs;
  return songs.filter((song) => {
    const text = plain(`${song.title} ${song.artist} ${song.album} ${song.genre}`);
    return words.every((word) => text.includes(word));
  });
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
