import { useState } from "react";
import { Icon } from "./icons";

/** A song's cover, or a note where there is none. The song's name stands beside it, so it says nothing to screen readers. */
export function Cover({ url, size }: { url: string; size: number }) {
  const [missing, setMissing] = useState<string>();
  if (!url || missing === url) {
    return (
      <span className="cover blank-cover">
        <Icon name="note" />
      </span>
    );
  }
  return <img className="cover" src={url} alt="" width={size} height={size} loading="lazy" decoding="async" onError={() => setMissing(url)} />;
}
