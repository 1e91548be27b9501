import { useEffect, useRef, type ReactNode } from "react";
import type { Route } from "../app/route";
import { Icon } from "./icons";
import { goBack } from "./navigation";
import { usePreferences } from "./preferences";

interface Props {
  readonly title: string;
  /** Where Back leads when one came from nowhere; without it there is no Back. */
  readonly parent?: Route;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A screen with its title, which takes the focus so that a screen reader says where one has come. */
export function Screen({ title, parent, actions, children, className = "" }: Props) {
  const { t } = usePreferences();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  useEffect(() => {
    document.title = title ? `${title} · Biihlive` : "Biihlive";
  }, [title]);
  return (
    <section className={`screen ${className}`}>
      <header className="bar">
        {parent && (
          <button type="button" className="round" aria-label={t("back")} onClick={() => goBack(parent)}>
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </header>
      {children}
    </section>
  );
}
