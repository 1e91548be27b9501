import { useEffect, useState, type CSSProperties } from "react";
import { hashOf } from "../../app/route";
import { useStore } from "../../app/store";
import type { MediaKind, User } from "../../cloud/model";
import { hueOf, LiveAvatar } from "../Avatar";
import { useHere, useMember, useProfile } from "../context";
import { FollowButton } from "../FollowButton";
import { Icon } from "../icons";
import { useLoaded } from "../loading";
import { MediaGrid } from "../MediaGrid";
import { Blank, Failure } from "../Notice";
import { usePreferences } from "../preferences";
import { problemText } from "../problems";
import { Screen } from "../Screen";

export function Profile({ userId }: { userId: string }) {
  const { t } = usePreferences();
  const { profiles, userId: me } = useMember();
  const user = useProfile(userId);
  const { value, problem, reload } = useLoaded(userId, () => profiles.load(userId));
  useEffect(() => profiles.keep(userId), [profiles, userId]);
  const own = userId === me;
  const settings = own && (
    <a className="round" href={hashOf({ at: "settings" })} aria-label={t("settings")}>
      <Icon name="settings" />
    </a>
  );
  return (
    <Screen title={user?.nickname ?? t("profile")} className="profile" actions={settings} {...(!own && { parent: { at: "home" } as const })}>
      {user ? (
        <>
          <Card user={user} own={own} />
          <Uploads user={user} own={own} />
        </>
      ) : problem ? (
        <Failure problem={problem} onRetry={reload} />
      ) : value === null ? (
        <Blank icon="person" title={t(own ? "noProfile" : "noMember")}>
          <p>{t(own ? "noProfileAdvice" : "noMemberAdvice")}</p>
          {own && (
            <button type="button" className="button" onClick={reload}>
              {t("retry")}
            </button>
          )}
        </Blank>
      ) : (
        <CardSkeleton />
      )}
    </Screen>
  );
}

function Card({ user, own }: { user: User; own: boolean }) {
  const { t, format } = usePreferences();
  const { api, clock } = useMember();
  const here = useHere(user);
  const { value: follows } = useLoaded(own ? "" : user.userId, async () => !own && api.isFollowing(user.userId));
  const place = [user.ciudad, user.pais && format.country(user.pais)].filter(Boolean).join(", ");
  return (
    <div className="profile-card" style={{ "--hue": hueOf(user.userId) } as CSSProperties}>
      <div className="cover" />
      {own ? <Portrait user={user} /> : <LiveAvatar user={user} size={104} picture={user.foto} />}
      <p className="profile-name">{user.nombreCompleto || user.nickname}</p>
      <p className="presence">
        {here ? (
          <span className="here">{t("here")}</span>
        ) : (
          user.lastSeen && t("lastSeen", { when: format.ago(Date.parse(user.lastSeen), clock.now()) })
        )}
      </p>
      <ul className="chips">
        {place && (
          <li>
            <Icon name="pin" />
            {place}
          </li>
        )}
        <li>
          <Icon name="star" />
          {t("level", { count: user.nivel })}
        </li>
      </ul>
      {user.descripcion && <p className="bio">{user.descripcion}</p>}
      <div className="counters">
        <a href={hashOf({ at: "followers", id: user.userId })} data-counter="seguidores">
          <Count n={user.seguidores} />
          {t("followers", { count: user.seguidores })}
        </a>
        <a href={hashOf({ at: "following", id: user.userId })} data-counter="siguiendo">
          <Count n={user.siguiendo} />
          {t("followingCount", { count: user.siguiendo })}
        </a>
        <span data-counter="puntos">
          <Count n={user.puntos} />
          {t("points", { count: user.puntos })}
        </span>
      </div>
      <div className="profile-actions">
        {own ? (
          <a className="button grow" href={hashOf({ at: "edit" })}>
            {t("editProfile")}
          </a>
        ) : (
          <>
            <FollowButton user={user} follows={follows} />
            <a className="button grow" href={hashOf({ at: "chat", id: user.userId })}>
              {t("message")}
            </a>
          </>
        )}
      </div>
    </div>
  );
}

/** A counter; it stirs when it changes. */
function Count({ n }: { n: number }) {
  const { format } = usePreferences();
  return (
    <strong key={n} className="count">
      {format.count(n)}
    </strong>
  );
}

/** My photo, and changing it. */
function Portrait({ user }: { user: User }) {
  const { t } = usePreferences();
  const { gallery } = useMember();
  const state = useStore(gallery.portrait);
  const busy = state.step === "uploading" || state.step === "processing" || state.step === "slow";
  const said = { none: undefined, failed: undefined, uploading: "photoUploading", processing: "photoProcessing", slow: "photoSlow" } as const;
  const words = said[state.step];
  return (
    <div className="portrait" data-step={state.step}>
      <LiveAvatar user={user} size={104} picture={busy ? state.preview : user.foto} />
      {busy && <span className="ring" style={{ "--part": state.step === "uploading" ? state.part : 1 } as CSSProperties} data-turning={state.step !== "uploading"} />}
      <label className="round portrait-button" aria-disabled={busy}>
        <Icon name="camera" />
        <span className="visually-hidden">{t("changePhoto")}</span>
        <input
          type="file"
          name="portrait"
          accept="image/*"
          className="visually-hidden"
          disabled={busy}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file) void gallery.setPortrait(file);
          }}
        />
      </label>
      <p className="portrait-state" role="status">
        {words && t(words)}
        {state.step === "failed" && t(problemText[state.problem])}
      </p>
    </div>
  );
}

function Uploads({ user, own }: { user: User; own: boolean }) {
  const { t } = usePreferences();
  const [kind, setKind] = useState<MediaKind>("PHOTO");
  return (
    <section className="uploads">
      <div className="segments" role="tablist">
        {(["PHOTO", "VIDEO"] as const).map((each) => (
          <button key={each} type="button" role="tab" aria-selected={kind === each} aria-controls="media" onClick={() => setKind(each)}>
            <Icon name={each === "PHOTO" ? "picture" : "video"} />
            {t(each === "PHOTO" ? "photos" : "videos")}
          </button>
        ))}
      </div>
      <div id="media" role="tabpanel">
        <MediaGrid key={kind} kind={kind} userId={user.userId} own={own} />
      </div>
    </section>
  );
}

function CardSkeleton() {
  const { t } = usePreferences();
  return (
    <div className="profile-card skeleton" role="status">
      <span className="visually-hidden">{t("loading")}</span>
      <div className="cover" />
      <span className="bone round portrait-bone" />
      <span className="bone" />
      <span className="bone short" />
    </div>
  );
}
