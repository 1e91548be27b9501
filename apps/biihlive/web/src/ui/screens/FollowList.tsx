import { useEffect } from "react";
import { useMember, useProfile } from "../context";
import { usePaged } from "../loading";
import { More } from "../More";
import { Blank, Failure, Skeleton } from "../Notice";
import { usePreferences } from "../preferences";
import { Screen } from "../Screen";
import { UserRow } from "../UserRow";

/** Who follows a member, or whom they follow. */
export function FollowList({ which, userId }: { which: "followers" | "following"; userId: string }) {
  const { t } = usePreferences();
  const { api, profiles } = useMember();
  const user = useProfile(userId);
  useEffect(() => {
    if (!profiles.value.has(userId)) void profiles.load(userId).catch(() => undefined);
  }, [profiles, userId]);
  const list = usePaged(which + userId, async (token) => {
    const page = await api[which](userId, token);
    const items = page.items.flatMap(({ user: each }) => each ?? []);
    profiles.meet(items);
    return { items, nextToken: page.nextToken };
  });
  const title = user ? t(which === "followers" ? "followersOf" : "followingOf", { name: user.nickname }) : t("profile");
  return (
    <Screen title={title} parent={{ at: "member", id: userId }}>
      {list.problem && <Failure problem={list.problem} onRetry={list.reload} />}
      {!list.items && !list.problem && <Skeleton />}
      {list.items?.length === 0 && <Blank icon="people" title={t(which === "followers" ? "noFollowers" : "noFollowing")} />}
      {list.items && list.items.length > 0 && (
        <ul className="rows">
          {list.items.map((each) => (
            <UserRow key={each.userId} user={each} />
          ))}
        </ul>
      )}
      {list.hasMore && <More busy={list.busy} onMore={list.more} />}
    </Screen>
  );
}
