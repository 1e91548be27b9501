import { createContext, use, useEffect, useState } from "react";
import type { App } from "../app/app";
import { isHere } from "../app/profiles";
import type { Member } from "../app/member";
import { useStore } from "../app/store";
import type { User } from "../cloud/model";

export const AppContext = createContext<App | undefined>(undefined);
export const MemberContext = createContext<Member | undefined>(undefined);

export function useApp(): App {
  const app = use(AppContext);
  if (!app) throw new Error("outside of the application");
  return app;
}

/** Who is signed in. */
export function useMember(): Member {
  const member = use(MemberContext);
  if (!member) throw new Error("nobody is signed in");
  return member;
}

/** A profile that is known, as it is now. */
export function useProfile(userId: string): User | undefined {
  return useStore(useMember().profiles).get(userId);
}

/** Whether a member is there; looked at again now and then, since who just vanishes says nothing. */
export function useHere(user: Pick<User, "isOnline" | "lastSeen"> | null | undefined): boolean {
  const { clock } = useMember();
  const [, look] = useState(0);
  const online = user?.isOnline ?? false;
  useEffect(() => {
    if (!online) return undefined;
    const timer = setInterval(() => look((n) => n + 1), 20_000);
    return () => clearInterval(timer);
  }, [online]);
  return user ? isHere(user, clock) : false;
}
