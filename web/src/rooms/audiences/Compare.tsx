// Two to five audiences next to each other: how they overlap, and two of them attribute by attribute.
import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, got } from "@/api/client";
import { Overlap, type Region } from "@/charts/Overlap";
import { distanceOf, PortraitPair } from "@/charts/GroupPortrait";
import { MultiSelect } from "@/ui/MultiSelect";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { Await, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Audience, audiencesQuery, type Portrait } from "./asking";
import { WORDS } from "./words";

const MOST = 5;

export function Compare() {
  const t = useWords(WORDS);
  const lang = useLang();
  const [{ of = "" }, setUrl] = useUrlState<{ of?: string }>();
  const all = useQuery(audiencesQuery);
  return (
    <PageShell title={t.compareTitle} lead={t.compareHint}>
      <Await of={all}>
        {(audiences) => {
          const names = of.split(",").filter((name) => audiences.some((one) => one.name === name));
          return (
            <>
              <MultiSelect
                aria-label={t.pickTwo}
                placeholder={t.pickTwo}
                maxCount={MOST}
                value={names}
                options={audiences.map((one) => ({ value: one.name, label: labelOf(one, lang) }))}
                optionFilterProp="label"
                onChange={(next: string[]) => setUrl({ of: next.join(",") })}
                style={{ width: "100%" }}
              />
              {names.length < 2 ? <NothingYet title={t.pickTwo}>{t.compareHint}</NothingYet> : <Compared names={names} audiences={audiences} />}
            </>
          );
        }}
      </Await>
    </PageShell>
  );
}

function Compared({ names, audiences }: { names: string[]; audiences: readonly Audience[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const navigate = useNavigate();
  const groups = names.map((audience) => ({ audience }));
  const overlap = useQuery({ queryKey: ["overlap", groups], queryFn: ({ signal }) => got(api.POST("/v1/overlap", { body: { groups }, signal })) });
  const labels = names.map((name) => labelOf(audiences.find((one) => one.name === name) ?? { name }, lang));
  const pick = (region: Region) => {
    const rule = { node: "all", of: names.map((audience, at) => (region.of[at] ? { node: "audience", audience } : { node: "not", of: { node: "audience", audience } })) };
    void navigate({ to: "/audiences/new", search: { rule: JSON.stringify(rule) } });
  };
  return (
    <>
      <Panel title={t.overlap}>
        <Await of={overlap}>{(found) => <Overlap names={labels} sizes={found.sizes} regions={found.regions} onPick={pick} />}</Await>
      </Panel>
      <Side names={names} labels={labels} />
    </>
  );
}

const TELLING = 12; // columns shown before one asks for more, those that tell the two apart most

/** The first two, attribute by attribute. */
function Side({ names, labels }: { names: string[]; labels: string[] }) {
  const t = useWords(WORDS);
  const [one, other] = names.map((audience) => ({ audience }));
  const compared = useQuery({
    queryKey: ["compare", one, other],
    queryFn: ({ signal }) => got(api.POST("/v1/compare", { body: { one: one!, other: other!, columns: [] }, signal })),
  });
  return (
    <Panel title={`${t.side}: ${labels[0]} · ${labels[1]}`}>
      <Await of={compared} rows={10}>{(found) => <Pairs one={found.one} other={found.other} labels={labels} />}</Await>
    </Panel>
  );
}

function Pairs({ one, other, labels }: { one: readonly Portrait[]; other: readonly Portrait[]; labels: string[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const f = useFormats();
  const [whole, setWhole] = useState(false);
  const pairs = one
    .flatMap((mine) => {
      const theirs = other.find((each) => each.name === mine.name);
      const drawable = mine.numbers ? theirs?.numbers : mine.shares.length > 0;
      return theirs && drawable && mine.known + theirs.known > 0 ? [{ mine, theirs, apart: apartBy(mine, theirs) }] : [];
    })
    .sort((a, b) => b.apart - a.apart);
  return (
    <div className="grid" style={{ "--least": "400px" } as React.CSSProperties}>
      {pairs.slice(0, whole ? undefined : TELLING).map(({ mine, theirs }) => (
        <section key={mine.name} style={{ minWidth: 0 }}>
          <h3 className="section-head">
            {labelOf(mine, lang)} <small className="quiet">{t.coverage(`${f.share(mine.coverage)} / ${f.share(theirs.coverage)}`)}</small>
          </h3>
          <PortraitPair one={mine} other={theirs} names={labels} />
        </section>
      ))}
      {!whole && pairs.length > TELLING && <Button onClick={() => setWhole(true)}>{t.allColumns(f.count(pairs.length))}</Button>}
    </div>
  );
}

/** How far two groups stand apart in one column. */
function apartBy(one: Portrait, other: Portrait): number {
  const theirs = new Map(other.shares.map((row) => [row.value, row.share]));
  const shares = one.shares.map((row) => ({ ...row, share_all: theirs.get(row.value) ?? 0 }));
  const numbers = one.numbers && other.numbers ? { ...one.numbers, bars_all: other.numbers.bars } : null;
  return distanceOf({ ...one, shares, numbers }) * Math.min(one.coverage, other.coverage);
}
