/**
 * Pictures as they are uploaded: made on the device, so that they are small and carry nothing of the original's metadata,
 * such as where it was taken.
 */
import { ProblemError } from "../cloud/problem";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels of the longer side. */
export const FULL = 1600;
/** A square, for grids. */
export const THUMBNAIL = 480;

const QUALITY = 0.86;

/** Opens a picture, standing as its EXIF says. */
export async function openPicture(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new ProblemError("picture", "the browser cannot read it");
  }
}

/** A JPEG of the whole picture, its longer side at most `most`. */
export function shrunk(picture: ImageBitmap, most: number): Promise<Blob> {
  const { width, height } = within(picture, most);
  return drawn(picture, { x: 0, y: 0, width: picture.width, height: picture.height }, { width, height });
}

/** A JPEG of the middle of the picture, a square of at most `side`. */
export function squared(picture: ImageBitmap, side: number): Promise<Blob> {
  const cut = middle(picture);
  const to = Math.min(side, cut.width);
  return drawn(picture, cut, { width: to, height: to });
}

/** The size in which a picture's longer side is at most `most`. */
export function within({ width, height }: Size, most: number): Size {
  const by = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

/** The largest square in the middle. */
export function middle({ width, height }: Size): Size & { readonly x: number; readonly y: number } {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), width: side, height: side };
}

async function drawn(picture: ImageBitmap, from: Size & { x: number; y: number }, to: Size): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = to.width;
  canvas.height = to.height;
  const context = canvas.getContext("2d");
  if (!context) throw new ProblemError("picture", "there is no canvas");
  context.fillStyle = "#fff"; // what shows through, since JPEG has no transparency
  context.fillRect(0, 0, to.width, to.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, from.x, from.y, from.width, from.height, 0, 0, to.width, to.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new ProblemError("picture", "the canvas gives no JPEG");
  return blob;
}
