import type { ReactNode } from "react";
import { hashOf } from "../app/route";
import type { User } from "../cloud/model";
import { LiveAvatar } from "./Avatar";
import { usePreferences } from "./preferences";

/** A member in a list. */
export function UserRow({ user, children }: { user: User; children?: ReactNode }) {
  const { t, format } = usePreferences();
  const place = [user.ciudad, user.pais && format.country(user.pais)].filter(Boolean).join(", ");
  return (
    <li className="row">
      <a className="row-main" href={hashOf({ at: "member", id: user.userId })}>
        <LiveAvatar user={user} />
        <span className="row-text">
          <span className="row-title">{user.nickname}</span>
          <span className="row-note">{place || `${format.count(user.seguidores)} ${t("followers", { count: user.seguidores })}`}</span>
        </span>
      </a>
      {children}
    </li>
  );
}
