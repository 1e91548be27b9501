import { useState } from "react";
import { hashOf } from "../../app/route";
import { isHere } from "../../app/profiles";
import type { User } from "../../cloud/model";
import { LiveAvatar } from "../Avatar";
import { useMember, useProfile } from "../context";
import { FollowButton } from "../FollowButton";
import { usePaged, useLoaded } from "../loading";
import { More } from "../More";
import { Blank, Failure, Skeleton } from "../Notice";
import { usePreferences } from "../preferences";
import { Screen } from "../Screen";
import { SearchField } from "../SearchField";
import { useSettled } from "../settled";
import { UserRow } from "../UserRow";

export function Home() {
  const { t } = usePreferences();
  const { userId } = useMember();
  const me = useProfile(userId);
  const [text, setText] = useState("");
  const settled = useSettled(text.trim(), 180);
  const wanted = text.trim() && settled;
  return (
    <Screen title={me ? t("greeting", { name: me.nickname }) : "Biihlive"} className="home">
      <SearchField text={text} onText={setText} />
      {wanted ? <Results text={wanted} /> : <Welcome />}
    </Screen>
  );
}

function Results({ text }: { text: string }) {
  const { t } = usePreferences();
  const { api, profiles } = useMember();
  const found = usePaged(`search ${text}`, async (token) => {
    const page = await api.search(text, token);
    profiles.meet(page.items);
    return page;
  });
  return (
    <section aria-labelledby="results">
      <h2 id="results">{t("results")}</h2>
      {found.problem && <Failure problem={found.problem} onRetry={found.reload} />}
      {!found.items && !found.problem && <Skeleton rows={3} />}
      {found.items?.length === 0 && (
        <Blank icon="search" title={t("noResults", { text })}>
          <p>{t("noResultsAdvice")}</p>
        </Blank>
      )}
      {found.items && found.items.length > 0 && (
        <ul className="rows">
          {found.items.map((user) => (
            <UserRow key={user.userId} user={user} />
          ))}
        </ul>
      )}
      {found.hasMore && <More busy={found.busy} onMore={found.more} />}
    </section>
  );
}

function Welcome() {
  return (
    <>
      <People />
      <Suggestions />
    </>
  );
}

/** Whom I follow, those who are here first. */
function People() {
  const { t } = usePreferences();
  const { api, profiles, userId, clock } = useMember();
  const { value } = useLoaded("people", async () => {
    const users = (await api.following(userId)).items.flatMap(({ user }) => user ?? []);
    profiles.meet(users);
    return users;
  });
  if (!value || value.length === 0) return null;
  const here = (user: User) => Number(isHere(user, clock));
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t("yourPeople")}</h2>
      <ul className="people">
        {[...value]
          .sort((a, b) => here(b) - here(a))
          .map((user) => (
            <li key={user.userId}>
              <a href={hashOf({ at: "member", id: user.userId })}>
                <LiveAvatar user={user} size={64} />
                <span>{user.nickname}</span>
              </a>
            </li>
          ))}
      </ul>
    </section>
  );
}

function Suggestions() {
  const { t } = usePreferences();
  const { api, profiles, userId } = useMember();
  const me = useProfile(userId);
  const { value, problem, reload } = useLoaded("suggestions", async () => {
    const users = await api.suggestions(12);
    profiles.meet(users);
    return users;
  });
  return (
    <section aria-labelledby="suggestions">
      <h2 id="suggestions">{t("suggestions")}</h2>
      {problem && <Failure problem={problem} onRetry={reload} />}
      {!value && !problem && <Skeleton rows={4} />}
      {value?.length === 0 && (
        <Blank icon="people" title={t("noSuggestions")}>
          <p>{t(me?.ciudad ? "noSuggestionsFollow" : "noSuggestionsCity")}</p>
          {me && !me.ciudad && (
            <a className="button main" href={hashOf({ at: "edit" })}>
              {t("tellCity")}
            </a>
          )}
        </Blank>
      )}
      {value && value.length > 0 && (
        <ul className="rows">
          {value.map((user) => (
            <UserRow key={user.userId} user={user}>
              <FollowButton user={user} follows={false} small />
            </UserRow>
          ))}
        </ul>
      )}
    </section>
  );
}
