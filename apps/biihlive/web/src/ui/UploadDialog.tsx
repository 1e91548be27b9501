import { useEffect, useState } from "react";
import type { Media, MediaKind } from "../cloud/model";
import { useMember } from "./context";
import { Dialog } from "./Dialog";
import { Failure } from "./Notice";
import { usePreferences } from "./preferences";
import { SubmitButton } from "./SubmitButton";
import { useSubmitting } from "./submitting";

interface Props {
  readonly kind: MediaKind;
  readonly file: File;
  readonly onClose: () => void;
  readonly onDone: (media: Media) => void;
}

/** What is going to be published, its caption, and how it gets on. */
export function UploadDialog({ kind, file, onClose, onDone }: Props) {
  const { t } = usePreferences();
  const { gallery } = useMember();
  const [caption, setCaption] = useState("");
  const [part, setPart] = useState(0);
  const preview = useObjectUrl(file);
  const { busy, problem, submit } = useSubmitting(async () => {
    setPart(0);
    onDone(await (kind === "PHOTO" ? gallery.addPhoto : gallery.addVideo).call(gallery, file, caption.trim(), setPart));
    onClose();
  });
  const percent = Math.round(part * 100);
  return (
    <Dialog title={t(kind === "PHOTO" ? "addPhoto" : "addVideo")} className="upload" onClose={() => !busy && onClose()}>
      <form onSubmit={submit}>
        <div className="preview">{preview && (kind === "PHOTO" ? <img src={preview} alt="" /> : <video src={preview} controls muted playsInline />)}</div>
        {problem && <Failure problem={problem} />}
        <input
          className="caption"
          value={caption}
          maxLength={200}
          placeholder={t("caption")}
          aria-label={t("caption")}
          disabled={busy}
          onChange={(event) => setCaption(event.target.value)}
        />
        <progress className="progress" max={100} value={percent} hidden={!busy} aria-label={t("publishing", { percent })} />
        <SubmitButton busy={busy}>{busy ? t("publishing", { percent }) : t("publish")}</SubmitButton>
      </form>
    </Dialog>
  );
}

function useObjectUrl(file: Blob): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
