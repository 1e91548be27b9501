import type { Media } from "../cloud/model";
import { Dialog } from "./Dialog";
import { usePreferences } from "./preferences";

/** One photo or video, large. */
export function Viewer({ media, onClose }: { media: Media; onClose: () => void }) {
  const { t, format } = usePreferences();
  const photo = media.kind === "PHOTO";
  const date = format.date(Number(media.timestamp));
  return (
    <Dialog title={t(photo ? "photo" : "video")} className="viewer" onClose={onClose}>
      <figure>
        {photo ? <img src={media.path} alt={media.caption ?? ""} /> : <video src={media.path} controls autoPlay playsInline />}
        <figcaption>
          {media.caption && <p>{media.caption}</p>}
          <p className="row-note">{date}</p>
        </figcaption>
      </figure>
    </Dialog>
  );
}
