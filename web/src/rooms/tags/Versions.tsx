// Every version of a tag; any two next to each other in words and as JSON; and the way back to one.
import { RollbackOutlined } from "@ant-design/icons";
import { App, Button, Collapse, Select } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problems";
import { JsonDifference } from "@/ui/JsonDifference";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { saveTag, type Tag, type Version, versionsQuery } from "./asking";
import { HowSaid } from "./HowSaid";
import { WORDS } from "./words";

export function Versions({ tag, version }: { tag: Tag; version: number }) {
  const t = useWords(WORDS);
  const found = useQuery(versionsQuery(tag.name));
  return (
    <Panel title={t.versions}>
      <Await of={found}>{(all) => (all.length < 2 ? <p className="quiet">{t.onlyOne}</p> : <Compare all={all} version={version} />)}</Await>
    </Panel>
  );
}

function Compare({ all, version }: { all: readonly Version[]; version: number }) {
  const t = useWords(WORDS);
  const nameOf = useNames(version);
  const [url, setUrl] = useUrlState<{ a?: number; b?: number }>();
  const find = (number: number | undefined, otherwise: Version) => all.find((one) => one.version === Number(number ?? NaN)) ?? otherwise;
  const [before, after] = [find(url.a, all[1]!), find(url.b, all[0]!)];
  const options = all.map((one) => ({ value: one.version, label: nameOf(one) }));
  return (
    <div className="stack">
      <div className="row">
        <Select aria-label={t.before} value={before.version} options={options} onChange={(a) => setUrl({ a })} popupMatchSelectWidth={false} />
        {t.with}
        <Select aria-label={t.after} value={after.version} options={options} onChange={(b) => setUrl({ b })} popupMatchSelectWidth={false} />
        <span style={{ flex: 1 }} />
        {before.version !== version && <RollBack to={before} version={version} />}
      </div>
      <Difference before={before.body as unknown as Tag} after={after.body as unknown as Tag} names={[nameOf(before), nameOf(after)]} />
    </div>
  );
}

function useNames(version: number): (one: Version) => string {
  const t = useWords(WORDS);
  const f = useFormats();
  return (one) => {
    const told = one.version === 0 ? [t.starterVersion] : [t.versionName(String(one.version)), one.author, f.moment(one.at)];
    if (one.status === "retired") told.push(t.isRetired);
    if (one.version === version) told.push(t.current);
    return told.join(" · ");
  };
}

/** Two definitions of a tag side by side: what a reader sees first, then the whole as JSON. */
export function Difference({ before, after, names }: { before: Tag; after: Tag; names: readonly [string, string] }) {
  const t = useWords(WORDS);
  const rows: { label: string; of: (tag: Tag) => string }[] = [
    { label: t.zh, of: (tag) => tag.zh ?? "" },
    { label: t.en, of: (tag) => tag.en ?? "" },
    { label: t.family, of: (tag) => t.families[tag.family ?? "basic"] ?? "" },
    { label: t.descriptionZh, of: (tag) => tag.description_zh ?? "" },
    { label: t.descriptionEn, of: (tag) => tag.description_en ?? "" },
    { label: t.kind, of: (tag) => t.kinds[tag.how.kind] ?? "" },
  ];
  const changed = rows.filter(({ of }) => of(before) !== of(after));
  const sameHow = JSON.stringify(before.how) === JSON.stringify(after.how);
  if (changed.length === 0 && sameHow) return <p className="quiet">{t.same}</p>;
  const line = (label: string, left: ReactNode, right: ReactNode) => (
    <tr key={label}>
      <th scope="row">{label}</th>
      <td>{left}</td>
      <td>{right}</td>
    </tr>
  );
  return (
    <div className="stack">
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t.compare}>
        <table className="plain-table diff">
          <thead>
            <tr>
              <th scope="col">{t.what}</th>
              <th scope="col">{names[0]}</th>
              <th scope="col">{names[1]}</th>
            </tr>
          </thead>
          <tbody>
            {changed.map(({ label, of }) => line(label, <del>{of(before) || "–"}</del>, <ins>{of(after) || "–"}</ins>))}
            {!sameHow && line(t.how, <HowSaid tag={before} />, <HowSaid tag={after} />)}
          </tbody>
        </table>
      </div>
      <Collapse size="small" items={[{ key: "json", label: t.json, children: <JsonDifference name={t.json} before={before} after={after} /> }]} />
    </div>
  );
}

function RollBack({ to, version }: { to: Version; version: number }) {
  const t = useWords(WORDS);
  const may = useMay("define");
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const [, setUrl] = useUrlState<{ a?: number; b?: number }>();
  if (!may) return null;
  const save = async () => {
    try {
      await saveTag(to.body as unknown as Tag, version);
      await client.invalidateQueries();
      void message.success(t.rolledBack);
      setUrl({ a: undefined, b: undefined });
    } catch (error) {
      const problem = asProblem(error);
      void message.error(`${problem.message} ${problem.remedy}`);
    }
  };
  const which = t.rollBack(to.version === 0 ? t.starterVersion : t.versionName(String(to.version)));
  const ask = () => void modal.confirm({ title: which, content: t.rollBackHow, onOk: save });
  return (
    <Button icon={<RollbackOutlined />} onClick={ask}>
      {which}
    </Button>
  );
}
