// Small parts that the catalog's tabs share.
import { Tag as Mark, Tooltip } from "antd";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { useFormats } from "@/ui/numbers";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Personal } from "./asking";
import { WORDS } from "./words";

const COLORS: Record<Personal, string | undefined> = { none: undefined, personal: "blue", contact: "warning", sensitive: "error" };

/** A class of personal data, in a word; what it means stands in its tip. */
export function PersonalMark({ of }: { of: Personal }) {
  const t = useWords(WORDS);
  return (
    <Tooltip title={t.personalSays[of]}>
      <Mark color={COLORS[of]}>{t.personals[of]}</Mark>
    </Tooltip>
  );
}

/** A thing by its label, with the other language's below it. */
export function Named({ thing, children }: { thing: { name: string; zh?: string; en?: string }; children?: ReactNode }) {
  const lang = useLang();
  const other = lang === "zh" ? thing.en : thing.zh;
  const label = labelOf(thing, lang);
  return (
    <span className="named">
      {children ?? label}
      {other && other !== label && <small className="quiet">{other}</small>}
    </span>
  );
}

type Value = Schemas["ValueCount"];

/** The most common values, each with how many. */
export function Values({ values, masked, most = 10 }: { values: readonly Value[] | null; masked: boolean; most?: number }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  if (masked) return <span className="quiet">{t.masked}</span>;
  if (!values || values.length === 0) return <span className="quiet">{values ? "–" : t.noValues}</span>;
  return (
    <span className="row" style={{ gap: 4 }}>
      {values.slice(0, most).map((one) => (
        <Mark key={one.value}>
          {one[lang] || one.value} <span className="quiet">{f.compact(one.count)}</span>
        </Mark>
      ))}
    </span>
  );
}

/** The first values in a line of a list. */
export function FewValues({ values, masked }: { values: readonly Value[] | null; masked: boolean }) {
  const lang = useLang();
  if (masked || !values?.length) return <span className="quiet">–</span>;
  return <span className="few">{values.slice(0, 3).map((one) => one[lang] || one.value).join("、")}</span>;
}

/** What names it, each as a link to its page where it has one. */
export function Uses({ uses }: { uses: readonly Schemas["Use"][] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  if (uses.length === 0) return <p className="quiet">{t.usesNone}</p>;
  return (
    <ul className="uses">
      {uses.map((one) => (
        <li key={`${one.kind} ${one.name}`}>
          <span className="quiet">{t.useKinds[one.kind] ?? one.kind}</span> <UseLink kind={one.kind} name={one.name} label={labelOf(one, lang)} />
        </li>
      ))}
    </ul>
  );
}

function UseLink({ kind, name, label }: { kind: string; name: string; label: string }) {
  if (kind === "tags") return <Link to="/tags/$name" params={{ name }}>{label}</Link>;
  if (kind === "audiences") return <Link to="/audiences/$name" params={{ name }}>{label}</Link>;
  return <>{label}</>;
}

/** Facts as pairs of a name and what it is; those without are left out. */
export function Facts({ of }: { of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, what]) => what !== null && what !== undefined && what !== "")
        .map(([name, what]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{what}</dd>
          </div>
        ))}
    </dl>
  );
}
