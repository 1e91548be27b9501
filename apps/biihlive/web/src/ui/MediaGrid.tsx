import { useState } from "react";
import type { Media, MediaKind } from "../cloud/model";
import { useMember } from "./context";
import { Icon } from "./icons";
import { usePaged } from "./loading";
import { More } from "./More";
import { Blank, Failure } from "./Notice";
import { usePreferences } from "./preferences";
import { UploadDialog } from "./UploadDialog";
import { Viewer } from "./Viewer";

/** The photos or the videos of a member. */
export function MediaGrid({ kind, userId, own }: { kind: MediaKind; userId: string; own: boolean }) {
  const { t, format } = usePreferences();
  const { api } = useMember();
  const media = usePaged(kind + userId, (token) => api.media(kind, userId, token));
  const [open, setOpen] = useState<Media>();
  const [file, setFile] = useState<File>();
  const photos = kind === "PHOTO";
  const empty = media.items?.length === 0;
  return (
    <>
      {media.problem && <Failure problem={media.problem} onRetry={media.reload} />}
      {empty && (
        <Blank icon={photos ? "picture" : "video"} title={t(photos ? "noPhotos" : "noVideos")}>
          {own && <p>{t(photos ? "noPhotosMine" : "noVideosMine")}</p>}
          {own && <AddFile kind={kind} className="button main" onFile={setFile} />}
        </Blank>
      )}
      {!media.problem && !empty && (
        <ul className={`grid ${photos ? "" : "of-videos"}`} aria-busy={media.busy}>
          {own && media.items && (
            <li>
              <AddFile kind={kind} className="tile add" onFile={setFile} />
            </li>
          )}
          {!media.items && Array.from({ length: 6 }, (_, i) => <li key={i} className="tile bone" aria-hidden="true" />)}
          {media.items?.map((item) => (
            <li key={item.timestamp}>
              <button type="button" className="tile" onClick={() => setOpen(item)}>
                <span className="visually-hidden">{item.caption || t(photos ? "photoOf" : "videoOf", { date: format.date(Number(item.timestamp)) })}</span>
                {photos ? (
                  <img src={item.thumbnail ?? item.path} alt="" loading="lazy" decoding="async" />
                ) : (
                  <>
                    <video src={`${item.path}#t=0.1`} preload="metadata" muted playsInline tabIndex={-1} aria-hidden="true" />
                    <span className="tile-play">
                      <Icon name="play" />
                    </span>
                  </>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
      {media.hasMore && <More busy={media.busy} onMore={media.more} />}
      {open && <Viewer media={open} onClose={() => setOpen(undefined)} />}
      {file && <UploadDialog kind={kind} file={file} onClose={() => setFile(undefined)} onDone={media.prepend} />}
    </>
  );
}

function AddFile({ kind, className, onFile }: { kind: MediaKind; className: string; onFile: (file: File) => void }) {
  const { t } = usePreferences();
  return (
    <label className={className}>
      <Icon name="plus" />
      <span>{t(kind === "PHOTO" ? "addPhoto" : "addVideo")}</span>
      <input
        type="file"
        name={kind === "PHOTO" ? "photo" : "video"}
        accept={kind === "PHOTO" ? "image/*" : "video/mp4"}
        className="visually-hidden"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
