import { useState, type CSSProperties } from "react";
import type { User } from "../cloud/model";
import { useHere } from "./context";

type Shown = Pick<User, "userId" | "nickname" | "fotoMiniatura">;

interface Props {
  readonly user: Shown;
  readonly size?: number;
  /** Another picture than the small one. */
  readonly picture?: string | null;
}

/** A member's photo, or their initials on a colour of their own. It is decoration: the name stands beside it. */
export function Avatar({ user, size = 48, picture = user.fotoMiniatura }: Props) {
  const [broken, setBroken] = useState<string>();
  const style = { "--size": `${size}px`, "--hue": hueOf(user.userId) } as CSSProperties;
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {picture && picture !== broken ? (
        <img src={picture} alt="" width={size} height={size} decoding="async" onError={() => setBroken(picture)} />
      ) : (
        initials(user.nickname)
      )}
    </span>
  );
}

/** An avatar with a dot while the member is there. */
export function LiveAvatar({ user, ...rest }: Props & { readonly user: Shown & Pick<User, "isOnline" | "lastSeen"> }) {
  const here = useHere(user);
  return (
    <span className="live-avatar" data-here={here || undefined}>
      <Avatar user={user} {...rest} />
    </span>
  );
}

export function initials(nickname: string): string {
  const words = nickname.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => firstOf(word ?? "")) : [firstOf(nickname)];
  return letters.join("").toUpperCase();
}

function firstOf(text: string): string {
  return [...text][0] ?? "?";
}

/** A hue that is always the same for an id. */
export function hueOf(id: string): number {
  let sum = 7;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 3600;
  return sum % 360;
}
