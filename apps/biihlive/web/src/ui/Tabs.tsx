import { unreadIn } from "../chat/inbox";
import { hashOf, type Route } from "../app/route";
import { useStore } from "../app/store";
import { Avatar } from "./Avatar";
import { useMember, useProfile } from "./context";
import { Icon, type IconName } from "./icons";
import { usePreferences } from "./preferences";

const tabs = [
  { at: "home", icon: "home", label: "home", with: ["home"] },
  { at: "rankings", icon: "trophy", label: "rankings", with: ["rankings"] },
  { at: "chats", icon: "chat", label: "chats", with: ["chats", "chat"] },
  { at: "me", icon: "person", label: "profile", with: ["me", "edit", "settings"] },
] as const satisfies readonly { at: Route["at"]; icon: IconName; label: string; with: readonly Route["at"][] }[];

/** The main places: at the thumb on a phone, at the side on a desk. */
export function Tabs({ route }: { route: Route }) {
  const { t } = usePreferences();
  const member = useMember();
  const unread = unreadIn(useStore(member.inbox).conversations);
  const me = useProfile(member.userId);
  const live = useStore(member.live);
  return (
    <nav className="tabs" aria-label={t("menu")}>
      <a className="brand" href={hashOf({ at: "home" })} tabIndex={-1} aria-hidden="true">
        <img src="./icon.svg" alt="" width="40" height="40" />
        <span>Biihlive</span>
      </a>
      {tabs.map((tab) => {
        const current = (tab.with as readonly string[]).includes(route.at);
        const count = tab.at === "chats" ? unread : 0;
        return (
          <a key={tab.at} href={hashOf({ at: tab.at })} className="tab" aria-current={current ? "page" : undefined}>
            <span className="tab-icon">
              {tab.at === "me" && me ? <Avatar user={me} size={26} /> : <Icon name={tab.icon} />}
              {count > 0 && <span className="badge">{count > 99 ? "99+" : count}</span>}
            </span>
            <span className="tab-label">{t(tab.label)}</span>
            {count > 0 && <span className="visually-hidden">{t("unread", { count })}</span>}
          </a>
        );
      })}
      {live === "waiting" && (
        <p className="live" role="status">
          {t("connecting")}
        </p>
      )}
    </nav>
  );
}
