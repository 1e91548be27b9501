/** What a member uploads: photos, videos, and their own photo. */
import { Store } from "../app/store";
import type { Profiles } from "../app/profiles";
import type { Api } from "../cloud/api";
import type { Media, User } from "../cloud/model";
import { ProblemError, problemOf, type Problem } from "../cloud/problem";
import type { Progress, Uploader } from "../cloud/upload";
import { FULL, openPicture, shrunk, squared, THUMBNAIL } from "./picture";

/** How a new photo of a member is getting on. */
export type PortraitState =
  | { readonly step: "none" }
  | { readonly step: "uploading"; readonly preview: string; readonly part: number }
  /** It is there; now the cloud makes what is shown of it. */
  | { readonly step: "processing" | "slow"; readonly preview: string }
  | { readonly step: "failed"; readonly problem: Problem };

const MEGABYTE = 1 << 20;
const LARGEST_VIDEO = 200 * MEGABYTE;
/** When to look at the profile, if no event has come: an event may be missed. */
const LOOKS = [4_000, 10_000, 20_000, 40_000, 80_000];

type Fate = "shown" | "refused" | "unknown";

/** What became of a photo, by the profile: one that is at least as late is shown, or it was refused. */
export function fateOf(user: Pick<User, "foto" | "fotoRechazada"> | null | undefined, path: string): Fate {
  if ((user?.foto ?? "") >= path) return "shown";
  return user?.fotoRechazada === path ? "refused" : "unknown";
}

export class Gallery {
  readonly portrait = new Store<PortraitState>({ step: "none" });
  readonly #api: Api;
  readonly #uploader: Uploader;
  readonly #profiles: Profiles;
  readonly #me: string;
  readonly #now: () => number;

  constructor(api: Api, uploader: Uploader, profiles: Profiles, me: string, now: () => number) {
    this.#api = api;
    this.#uploader = uploader;
    this.#profiles = profiles;
    this.#me = me;
    this.#now = now;
  }

  async addPhoto(file: Blob, caption: string, progress: Progress): Promise<Media> {
    const picture = await openPicture(file);
    const [full, thumbnail] = await Promise.all([shrunk(picture, FULL), squared(picture, THUMBNAIL)]);
    picture.close();
    const at = this.#timestamp();
    await this.#uploader.put(`fotos/${this.#me}/thumbnail_${at}.jpg`, thumbnail);
    await this.#uploader.put(`fotos/${this.#me}/full_${at}.jpg`, full, progress);
    return this.#api.addMedia("PHOTO", at, caption || null);
  }

  async addVideo(file: Blob, caption: string, progress: Progress): Promise<Media> {
    if (file.type !== "video/mp4") throw new ProblemError("video", `${file.type} is not MP4`);
    if (file.size > LARGEST_VIDEO) throw new ProblemError("video", "the video is too large");
    const at = this.#timestamp();
    await this.#uploader.put(`videos/${this.#me}/video_${at}.mp4`, file, progress);
    return this.#api.addMedia("VIDEO", at, caption || null);
  }

  /** Uploads a new photo of me, and waits until the profile shows what the cloud made of it. */
  async setPortrait(file: Blob): Promise<void> {
    let preview = "";
    try {
      const picture = await openPicture(file);
      const portrait = await shrunk(picture, FULL);
      picture.close();
      preview = URL.createObjectURL(portrait);
      const at = this.#timestamp();
      const key = `profile-photos/${this.#me}/photo_${at}.jpg`;
      this.portrait.set({ step: "uploading", preview, part: 0 });
      await this.#uploader.put(key, portrait, (part) => this.portrait.set({ step: "uploading", preview, part }));
      this.portrait.set({ step: "processing", preview });
      const fate = await this.#fate(`/${key}`);
      this.portrait.set(fate === "shown" ? { step: "none" } : { step: "failed", problem: fate === "refused" ? "picture" : "upload" });
    } catch (error) {
      this.portrait.set({ step: "failed", problem: problemOf(error) });
    } finally {
      if (preview) URL.revokeObjectURL(preview);
    }
  }

  /** Waits until the profile says what became of a photo of mine; not for ever. */
  #fate(path: string): Promise<Fate> {
    return new Promise((resolve) => {
      const now = () => fateOf(this.#profiles.value.get(this.#me), path);
      const timers = LOOKS.map((wait, i) =>
        setTimeout(async () => {
          if (i === 1) this.portrait.change((state) => (state.step === "processing" ? { ...state, step: "slow" } : state));
          await this.#profiles.load(this.#me).catch(() => undefined);
          if (i === LOOKS.length - 1) finish(now());
        }, wait),
      );
      const finish = (fate: Fate) => {
        timers.forEach(clearTimeout);
        leave();
        resolve(fate);
      };
      const look = () => now() !== "unknown" && finish(now());
      const leave = this.#profiles.watch(look);
      look();
    });
  }

  #timestamp(): string {
    return String(Math.round(this.#now()));
  }
}
