import { useState } from "react";
import type { User } from "../cloud/model";
import { problemOf, type Problem } from "../cloud/problem";
import { useMember } from "./context";
import { usePreferences } from "./preferences";
import { problemText } from "./problems";

interface Props {
  readonly user: User;
  /** Whether I follow them; undefined while it is not known. */
  readonly follows: boolean | undefined;
  readonly small?: boolean;
}

/** Follows, and stops following. It shows at once what will be, and takes it back if the cloud says no. */
export function FollowButton({ user, follows, small = false }: Props) {
  const { t } = usePreferences();
  const { api } = useMember();
  const [chosen, setChosen] = useState<boolean>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const on = chosen ?? follows;
  const press = async () => {
    if (busy || on === undefined) return;
    setBusy(true);
    setProblem(undefined);
    setChosen(!on);
    try {
      await (on ? api.unfollow(user.userId) : api.follow(user.userId));
    } catch (error) {
      setChosen(on);
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        className={`button ${on ? "" : "main"} ${small ? "small" : "grow"}`}
        aria-label={t(on ? "unfollowName" : "followName", { name: user.nickname })}
        aria-pressed={on ?? false}
        disabled={on === undefined}
        onClick={press}
      >
        {t(on ? "followed" : "follow")}
      </button>
      {problem && (
        <span className="visually-hidden" role="alert">
          {t(problemText[problem])}
        </span>
      )}
    </>
  );
}
