import { use, useState } from "react";
import type { Member } from "../../app/member";
import { hashOf, type Route } from "../../app/route";
import type { Api } from "../../cloud/api";
import type { RankingEntry, RankingKind, User } from "../../cloud/model";
import { cityName } from "../../i18n/countries";
import { Avatar } from "../Avatar";
import { MemberContext, useProfile } from "../context";
import { CountryField } from "../CountryField";
import { usePaged } from "../loading";
import { More } from "../More";
import { Blank, Failure, Skeleton } from "../Notice";
import { usePreferences } from "../preferences";
import { Screen } from "../Screen";

/** The rankings, which everybody may see. */
export function Rankings({ api, parent }: { api: Api; parent?: Route }) {
  const { t } = usePreferences();
  const member = use(MemberContext);
  return (
    <Screen title={t("rankings")} className="rankings" {...(parent && { parent })}>
      {member ? <OfMember api={api} member={member} /> : <Choice api={api} me={undefined} openly />}
    </Screen>
  );
}

function OfMember({ api, member }: { api: Api; member: Member }) {
  const me = useProfile(member.userId);
  return me ? <Choice api={api} me={me} openly={false} /> : <Skeleton />;
}

/** Which ranking: one's own country at first. */
function Choice({ api, me, openly }: { api: Api; me: User | undefined; openly: boolean }) {
  const { t } = usePreferences();
  const [kind, setKind] = useState<RankingKind>("PAIS");
  const [country, setCountry] = useState(me?.pais ?? "ES");
  const [city, setCity] = useState(me?.ciudad ?? "");
  const [written, setWritten] = useState(city);
  const place = kind === "PAIS" ? country : city && `${country}/${city}`;
  return (
    <>
      <form
        className="ranking-choice"
        onSubmit={(event) => {
          event.preventDefault();
          setWritten(cityName(written));
          setCity(cityName(written));
        }}
      >
        <div className="segments" role="group" aria-label={t("rankingOf")}>
          {(["PAIS", "CIUDAD"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={kind === each} onClick={() => setKind(each)}>
              {t(each === "PAIS" ? "byCountry" : "byCity")}
            </button>
          ))}
        </div>
        <CountryField hideLabel value={country} onChange={setCountry} />
        {kind === "CIUDAD" && (
          <div className="field with-button">
            <input value={written} maxLength={60} placeholder={t("chooseCity")} aria-label={t("city")} onChange={(event) => setWritten(event.target.value)} />
            <button type="submit" className="button small">
              {t("show")}
            </button>
          </div>
        )}
      </form>
      {place ? <Ranking key={kind + place} api={api} kind={kind} place={place} me={me} openly={openly} /> : <Blank icon="pin" title={t("chooseCity")} />}
    </>
  );
}

interface RankingProps {
  readonly api: Api;
  readonly kind: RankingKind;
  readonly place: string;
  readonly me: User | undefined;
  readonly openly: boolean;
}

function Ranking({ api, kind, place, me, openly }: RankingProps) {
  const { t, format } = usePreferences();
  const [edition, setEdition] = useState<string | null>();
  const list = usePaged(kind + place, async (token) => {
    const page = await api.ranking(kind, place, token, openly);
    setEdition(page.edition);
    return page;
  });
  const mine = list.items?.find(({ userId }) => userId === me?.userId);
  return (
    <>
      <p className="edition" role="status">
        {edition && t("edition", { date: format.date(Date.parse(edition)) })}
        {edition && me && list.items && !list.hasMore && !mine && <span> · {t("notHere")}</span>}
      </p>
      {list.problem && <Failure problem={list.problem} onRetry={list.reload} />}
      {!list.items && !list.problem && <Skeleton rows={6} />}
      {list.items?.length === 0 && (
        <Blank icon="trophy" title={t(edition ? "noEntries" : "noEdition")}>
          <p>{t(edition ? "noEntriesAdvice" : "noEditionAdvice")}</p>
        </Blank>
      )}
      {list.items && list.items.length > 0 && (
        <ol className="rows ranking">
          {list.items.map((entry) => (
            <Entry key={entry.position} entry={entry} mine={entry === mine} linked={!openly} />
          ))}
        </ol>
      )}
      {list.hasMore && <More busy={list.busy} onMore={list.more} />}
    </>
  );
}

function Entry({ entry, mine, linked }: { entry: RankingEntry; mine: boolean; linked: boolean }) {
  const { t, format } = usePreferences();
  const row = (
    <>
      <span className="position" data-medal={entry.position <= 3 ? entry.position : undefined}>
        {format.count(entry.position)}
      </span>
      <Avatar user={entry} size={44} />
      <span className="row-text">
        <span className="row-title">{entry.nickname}</span>
        {mine && <span className="row-note">{t("yourPlace")}</span>}
      </span>
      <span className="points">{t("pointsShort", { count: entry.puntos })}</span>
    </>
  );
  return (
    <li className="row" aria-current={mine || undefined}>
      {linked ? (
        <a className="row-main" href={hashOf({ at: "member", id: entry.userId })}>
          {row}
        </a>
      ) : (
        <span className="row-main">{row}</span>
      )}
    </li>
  );
}
