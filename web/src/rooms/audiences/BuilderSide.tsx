// Beside the conditions: how many people, the rule in words, what changes against the saved version, some
// of the people, and why one is in or not.
import { ReloadOutlined } from "@ant-design/icons";
import { Alert, Button, Collapse } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, got } from "@/api/client";
import { asProblem } from "@/api/problems";
import { PortraitChart } from "@/charts/GroupPortrait";
import type { Counting } from "@/rule-editor/counting";
import type { Rule } from "@/rule-editor/rule";
import { Explain } from "@/rule-editor/Why";
import { WORDS as RULE_WORDS } from "@/rule-editor/words";
import { MaskedText } from "@/ui/MaskedText";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type OneAudience, portraitQuery } from "./asking";
import { WORDS } from "./words";

export function BuilderSide({ counting, rule, saved }: { counting: Counting; rule: Rule; saved?: OneAudience }) {
  const t = useWords(RULE_WORDS);
  const items = [
    { key: "reach", label: t.reach, children: <Reach rule={rule} /> },
    { key: "sample", label: t.sample, children: <Sample rule={rule} /> },
    { key: "why", label: t.why, children: <Explain rule={rule} /> },
  ];
  return (
    <aside className="stack builder-side">
      <Panel>
        <LiveCount counting={counting} />
        {saved && <Against rule={rule} saved={saved} />}
      </Panel>
      <Panel title={t.sentence}>
        <p style={{ margin: 0 }}>{counting.data?.sentence}</p>
      </Panel>
      <Collapse items={items} defaultActiveKey={[]} destroyOnHidden />
    </aside>
  );
}

function LiveCount({ counting }: { counting: Counting }) {
  const t = useWords(WORDS);
  const r = useWords(RULE_WORDS);
  const f = useFormats();
  const { data, error, stale } = counting;
  if (error) {
    const problem = asProblem(error);
    return <Alert type="error" showIcon role="alert" title={t.countFailed} description={problem.said} action={<Button size="small" icon={<ReloadOutlined />} aria-label={r.counting} onClick={counting.retry} />} />;
  }
  if (!data) return <div className="live-count stale">…</div>;
  return (
    <div aria-live="polite" aria-busy={stale}>
      <div className={`live-count ${stale ? "stale" : ""}`} data-testid="count">
        {f.count(data.count)} <small style={{ fontSize: 14, fontWeight: 400 }}>{t.people}</small>
      </div>
      <div className="quiet">
        {t.of(f.share(data.total ? data.count / data.total : 0), f.count(data.total))} · {stale ? r.counting : r.asOf(f.moment(data.as_of))}
      </div>
    </div>
  );
}

const WAYS = "reachable_contact"; // the tag that says by what a person can be reached

/** By what these people can be reached, next to everybody. */
function Reach({ rule }: { rule: Rule }) {
  const drawn = useQuery(portraitQuery({ rule }, [WAYS]));
  return <Await of={drawn} rows={2}>{([ways]) => ways && <PortraitChart of={ways} />}</Await>;
}

/** Who would enter and who would leave if this took the saved version's place. */
function Against({ rule, saved }: { rule: Rule; saved: OneAudience }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const groups = [{ rule: rule as never }, { rule: saved.rule as never }];
  const overlap = useQuery({ queryKey: ["overlap", groups], queryFn: ({ signal }) => got(api.POST("/v1/overlap", { body: { groups }, signal })) });
  if (!overlap.data) return null;
  const only = (mine: boolean, theirs: boolean) => overlap.data.regions.find(({ of }) => of[0] === mine && of[1] === theirs)?.count ?? 0;
  return (
    <p className="quiet" style={{ marginBottom: 0 }}>
      {t.against}: {t.joins(f.count(only(true, false)))}, {t.leaves(f.count(only(false, true)))}
    </p>
  );
}

function Sample({ rule }: { rule: Rule }) {
  const t = useWords(RULE_WORDS);
  const [seed, setSeed] = useState(0);
  const sample = useQuery({
    queryKey: ["sample", rule, seed],
    queryFn: ({ signal }) => got(api.POST("/v1/sample", { body: { rule: rule as never, n: 20, columns: ["name", "city"], seed: String(seed) }, signal })),
  });
  return (
    <Await of={sample}>
      {(found) => (
        <>
          <ul className="sample">
            {found.rows.map((row) => (
              <li key={String(row["person"])}>
                <Link to="/customers/$person" params={{ person: String(row["person"]) }}>
                  <MaskedText>{String(row["name"] ?? row["person"])}</MaskedText>
                </Link>{" "}
                <span className="quiet">{typeof row["city"] === "string" ? row["city"] : ""}</span>
              </li>
            ))}
          </ul>
          <Button size="small" onClick={() => setSeed(seed + 1)}>
            {t.another}
          </Button>
        </>
      )}
    </Await>
  );
}
