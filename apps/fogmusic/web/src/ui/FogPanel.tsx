import { useSyncExternalStore } from "react";
import type { Tastes } from "../cloud/tables";
import type { TasteCounts } from "../fog/tastes";
import { usePreferences } from "./preferences";

/** What was listened to on this device, by genre. Rock first: it is what the fog node was made to count. */
export function FogPanel({ tastes, identityId }: { tastes: TasteCounts; identityId: string | undefined }) {
  const { t } = usePreferences();
  const plays = useSyncExternalStore(tastes.watch, () => tastes.plays);
  const unsaved = useSyncExternalStore(tastes.watch, () => tastes.unsaved);
  const rock = plays["Rock"] ?? 0;
  const genres = ranking(plays);
  const most = genres[0]?.[1] ?? 1;
  return (
    <aside className="fog" aria-labelledby="fog-title">
      <h2 id="fog-title">{t("fog")}</h2>
      <p className="rock">
        <strong>{rock}</strong> {t("rock", { count: rock })}
      </p>
      {genres.length === 0 ? (
        <p className="quiet">{t("tastesNone")}</p>
      ) : (
        <ul className="tastes">
          {genres.map(([genre, count]) => (
            <li key={genre}>
              <span className="taste-name">{genre}</span>
              <span className="bar" aria-hidden="true">
                <span style={{ inlineSize: `${(count / most) * 100}%` }} />
              </span>
              <span className="taste-count" aria-label={t("plays", { count })}>
                {count}
              </span>
            </li>
          ))}
        </ul>
      )}
      {genres.length > 0 && (
        <p className={`sync ${unsaved ? "waiting" : "saved"}`} role="status">
          {t(unsaved ? "tastesWaiting" : "tastesSaved")}
        </p>
      )}
      <p className="quiet advice">{t("fogAdvice")}</p>
      {identityId && (
        <p className="quiet guest" title={identityId}>
          {t("guest", { id: `…${identityId.slice(-8)}` })}
        </p>
      )}
    </aside>
  );
}

function ranking(plays: Tastes): [string, number][] {
  return Object.entries(plays).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}
