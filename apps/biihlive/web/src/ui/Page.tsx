import type { ReactNode } from "react";
import type { Route } from "../app/route";
import { useStore } from "../app/store";
import { MemberContext, useApp, useMember } from "./context";
import { useRoute } from "./navigation";
import { Failure } from "./Notice";
import { usePreferences } from "./preferences";
import { Chats } from "./screens/Chats";
import { EditProfile } from "./screens/EditProfile";
import { FollowList } from "./screens/FollowList";
import { Home } from "./screens/Home";
import { Profile } from "./screens/Profile";
import { Rankings } from "./screens/Rankings";
import { Settings } from "./screens/Settings";
import { Tabs } from "./Tabs";
import { Welcome } from "./screens/Welcome";

export function Page() {
  const app = useApp();
  const state = useStore(app);
  const route = useRoute();
  switch (state.phase) {
    case "starting":
      return <Splash />;
    case "failed":
      return state.problem === "config" ? <Misconfigured /> : <Splash><Failure problem={state.problem} onRetry={() => void app.start()} /></Splash>;
    case "out":
      return <Welcome route={route} api={state.api} />;
    case "in":
      return (
        <MemberContext value={state.member}>
          <div className="frame" data-at={route.at}>
            <Tabs route={route} />
            <main>
              <Current route={route} me={state.member.userId} />
            </main>
          </div>
        </MemberContext>
      );
  }
}

/** The screen of a route; the key begins anew for each member. */
function Current({ route, me }: { route: Route; me: string }) {
  const { api } = useMember();
  switch (route.at) {
    case "rankings":
      return <Rankings api={api} />;
    case "chats":
      return <Chats />;
    case "chat":
      return <Chats withUserId={route.id} />;
    case "me":
      return <Profile key={me} userId={me} />;
    case "member":
      return <Profile key={route.id} userId={route.id} />;
    case "followers":
    case "following":
      return <FollowList key={route.at + route.id} which={route.at} userId={route.id} />;
    case "edit":
      return <EditProfile />;
    case "settings":
      return <Settings />;
    default:
      return <Home />;
  }
}

function Splash({ children }: { children?: ReactNode }) {
  const { t } = usePreferences();
  return (
    <div className="splash">
      <img src="./icon.svg" alt="" width="88" height="88" />
      {children ?? (
        <p role="status">
          <span className="visually-hidden">{t("loading")}</span>
        </p>
      )}
    </div>
  );
}

function Misconfigured() {
  const { t } = usePreferences();
  return (
    <Splash>
      <div className="notice" role="alert" data-problem="config">
        <div>
          <strong>{t("configTitle")}</strong>
          <p>{t("configAdvice")}</p>
        </div>
      </div>
    </Splash>
  );
}
