import type { ReactNode } from "react";
import type { StartFailure } from "../app/app";
import type { Key } from "../i18n/texts";
import { Icon } from "./icons";
import { usePreferences } from "./preferences";

const advice: Record<StartFailure, Key> = {
  config: "configAdvice",
  session: "sessionAdvice",
  catalog: "catalogAdvice",
  insecure: "insecureAdvice",
  unsupported: "unsupportedAdvice",
  refused: "refusedAdvice",
};

export function StartFailed({ failure, onRetry }: { failure: StartFailure; onRetry: () => void }) {
  const { t } = usePreferences();
  return (
    <div className="notice error" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{t("startFailed")}</strong>
        <p>{t(advice[failure])}</p>
      </div>
      <button type="button" className="button" onClick={onRetry}>
        {t("retry")}
      </button>
    </div>
  );
}

export function Stale({ onRetry }: { onRetry: () => void }) {
  const { t } = usePreferences();
  return (
    <div className="notice" role="status">
      <p>{t("stale")}</p>
      <button type="button" className="button" onClick={onRetry}>
        {t("retry")}
      </button>
    </div>
  );
}

export function EmptyCatalogue({ onReload }: { onReload: () => void }) {
  const { t } = usePreferences();
  return (
    <Blank>
      <strong>{t("empty")}</strong>
      <p>{t("emptyAdvice")}</p>
      <button type="button" className="button" onClick={onReload}>
        {t("reload")}
      </button>
    </Blank>
  );
}

export function NoMatch({ query, onClear }: { query: string; onClear: () => void }) {
  const { t } = usePreferences();
  return (
    <Blank>
      <p role="status">{t("noMatch", { query })}</p>
      <button type="button" className="button" onClick={onClear}>
        {t("clearSearch")}
      </button>
    </Blank>
  );
}

function Blank({ children }: { children: ReactNode }) {
  return (
    <div className="blank">
      <Icon name="note" />
      {children}
    </div>
  );
}
