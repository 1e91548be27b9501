import { useEffect, useRef } from "react";
import { usePreferences } from "./preferences";

/** The end of a page of a list: the next one is loaded when it comes into sight, or by the button. */
export function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const { t } = usePreferences();
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    if (busy || !button.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), { rootMargin: "300px" });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [busy]);
  return (
    <p className="more">
      <button ref={button} type="button" className="button small" aria-disabled={busy} onClick={onMore}>
        {busy ? <span className="spinner" /> : t("more")}
      </button>
    </p>
  );
}
