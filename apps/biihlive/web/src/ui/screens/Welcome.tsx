import { useState } from "react";
import type { Api } from "../../cloud/api";
import { hashOf, type Route } from "../../app/route";
import { replaceWith } from "../navigation";
import { usePreferences } from "../preferences";
import { LanguageSwitch } from "../LanguageSwitch";
import { Confirm } from "./Confirm";
import { Forgot } from "./Forgot";
import { Rankings } from "./Rankings";
import { SignIn } from "./SignIn";
import { SignUp } from "./SignUp";

/** Who has yet to confirm their address, and the password that signs them in then. It is kept in memory only. */
export interface Pending {
  readonly email: string;
  readonly password: string;
}

/** What there is for those who have not signed in. */
export function Welcome({ route, api }: { route: Route; api: Api }) {
  const { t } = usePreferences();
  const [pending, setPending] = useState<Pending>();
  if (route.at === "rankings") {
    return (
      <main className="open">
        <Rankings api={api} parent={{ at: "signin" }} />
      </main>
    );
  }
  return (
    <main className="welcome">
      <header>
        <img src="./icon.svg" alt="" width="76" height="76" />
        <p className="wordmark">Biihlive</p>
        <p className="tagline">{t("tagline")}</p>
      </header>
      <div className="card">
        {pending ? (
          <Confirm pending={pending} onLeave={() => setPending(undefined)} />
        ) : route.at === "signup" ? (
          <SignUp onPending={setPending} />
        ) : route.at === "forgot" ? (
          <Forgot onDone={() => replaceWith({ at: "signin" })} />
        ) : (
          <SignIn onPending={setPending} />
        )}
      </div>
      <footer>
        <a href={hashOf({ at: "rankings" })}>{t("seeRankings")}</a>
        <LanguageSwitch />
      </footer>
    </main>
  );
}
