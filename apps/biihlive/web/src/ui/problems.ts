import type { Problem } from "../cloud/problem";
import type { Key } from "../i18n/texts";

/** What to say about a problem. */
export const problemText: Readonly<Record<Problem, Key>> = {
  offline: "problemOffline",
  session: "problemSession",
  server: "problemServer",
  busy: "problemBusy",
  notFound: "problemNotFound",
  invalid: "problemInvalid",
  exists: "problemExists",
  wrongPassword: "problemWrongPassword",
  wrongCode: "problemWrongCode",
  expiredCode: "problemExpiredCode",
  weakPassword: "problemWeakPassword",
  tooMany: "problemTooMany",
  upload: "problemUpload",
  picture: "problemPicture",
  video: "problemVideo",
};
