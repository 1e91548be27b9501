import type { ReactNode } from "react";
import type { Problem } from "../cloud/problem";
import { Icon, type IconName } from "./icons";
import { usePreferences } from "./preferences";
import { problemText } from "./problems";

/** Something did not work. */
export function Failure({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const { t } = usePreferences();
  return (
    <div className="notice" role="alert" data-problem={problem}>
      <Icon name="warning" />
      <p>{t(problemText[problem])}</p>
      {onRetry && (
        <button type="button" className="button small" onClick={onRetry}>
          {t("retry")}
        </button>
      )}
    </div>
  );
}

/** There is nothing here yet, and what to do about it. */
export function Blank({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="blank">
      <span className="blank-icon">
        <Icon name={icon} />
      </span>
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Rows that are on their way, in the size of those to come. */
export function Skeleton({ rows = 5 }: { rows?: number }) {
  const { t } = usePreferences();
  return (
    <div role="status">
      <span className="visually-hidden">{t("loading")}</span>
      <div className="rows" aria-hidden="true">
        {Array.from({ length: rows }, (_, i) => (
          <div key={i} className="row skeleton">
            <span className="bone round" />
            <span className="row-text">
              <span className="bone" />
              <span className="bone short" />
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
