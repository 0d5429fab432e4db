// Every tag: by family at the left, as a list at the right, with how full, how fresh and how much used.
import { DownOutlined, PlusOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Input, Select, Tag as Mark, Tooltip } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { best } from "@/ui/matching";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Share } from "@/ui/Share";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Overview, tagsQuery } from "./asking";
import { WORDS } from "./words";
import "./tags.css";

interface Url {
  q?: string;
  family?: string;
  kind?: string;
}

export function Tags() {
  const t = useWords(WORDS);
  const may = useMay("define");
  const list = useQuery(tagsQuery);
  const create = may && (
    <Link to="/tags/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t.create}
      </Button>
    </Link>
  );
  return (
    <PageShell title={t.title} lead={t.lead} actions={create}>
      <Await of={list} rows={10}>
        {(rows) =>
          rows.length === 0 ? (
            <NothingYet title={t.none} action={create}>
              {t.noneLead}
            </NothingYet>
          ) : (
            <div className="tags">
              <Panel className="tag-tree">
                <Tree rows={rows} />
              </Panel>
              <Panel>
                <List rows={rows} />
              </Panel>
            </div>
          )
        }
      </Await>
    </PageShell>
  );
}

/** The families and their tags. On a phone the filters of the list do the same. */
function Tree({ rows }: { rows: readonly Overview[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const [{ family = "" }, setUrl] = useUrlState<Url>();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (name: string) => setOpen((old) => new Set(old.has(name) ? [...old].filter((one) => one !== name) : [...old, name]));
  return (
    <nav aria-label={t.family}>
      <button type="button" className="tree-head" aria-current={family === ""} onClick={() => setUrl({ family: undefined })}>
        {t.allTags} <small>{rows.length}</small>
      </button>
      <ul>
        {Object.entries(t.families).map(([key, label]) => {
          const mine = rows.filter((one) => one.family === key);
          const unfolded = open.has(key);
          return (
            <li key={key}>
              <span className="tree-row">
                <Button
                  type="text"
                  size="small"
                  icon={unfolded ? <DownOutlined /> : <RightOutlined />}
                  aria-expanded={unfolded}
                  aria-label={unfolded ? t.fold(label) : t.expand(label)}
                  disabled={mine.length === 0}
                  onClick={() => toggle(key)}
                />
                <button type="button" className="tree-head" aria-current={family === key} onClick={() => setUrl({ family: key })}>
                  {label} <small>{mine.length}</small>
                </button>
              </span>
              {unfolded && (
                <ul>
                  {mine.map((one) => (
                    <li key={one.name}>
                      <Link to="/tags/$name" params={{ name: one.name }}>
                        {labelOf(one, lang)}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function List({ rows }: { rows: readonly Overview[] }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const [{ q = "", family = "", kind = "" }, setUrl] = useUrlState<Url>();
  const columns = useColumns();
  const kept = rows.filter((one) => (!family || one.family === family) && (!kind || one.how === kind));
  const shown = q ? best(kept, q, (one) => [one.zh, one.en, one.name], kept.length) : kept;
  const choices = (labels: Record<string, string>) => [{ value: "", label: t.all }, ...Object.entries(labels).map(([value, label]) => ({ value, label }))];
  return (
    <div className="stack">
      <div className="row">
        <Input type="search" allowClear placeholder={t.search} aria-label={t.search} value={q} onChange={(event) => setUrl({ q: event.target.value })} style={{ width: 260 }} />
        <Select className="only-narrow" aria-label={t.family} prefix={<span className="quiet">{t.family}</span>} value={family} options={choices(t.families)} onChange={(next) => setUrl({ family: next })} popupMatchSelectWidth={false} />
        <Select aria-label={t.kind} prefix={<span className="quiet">{t.kind}</span>} value={kind} options={choices(t.kinds)} onChange={(next) => setUrl({ kind: next })} popupMatchSelectWidth={false} />
      </div>
      <DataTable
        name={t.title}
        rows={shown}
        columns={columns}
        keyOf={(one) => one.name}
        empty={<FilteredToNothing onClear={() => setUrl({ q: undefined, family: undefined, kind: undefined })} />}
        onOpen={(one) => void navigate({ to: "/tags/$name", params: { name: one.name } })}
      />
    </div>
  );
}

function useColumns(): ColumnOf<Overview>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  return [
    {
      key: "name",
      title: t.name,
      show: (one) => (
        <Link to="/tags/$name" params={{ name: one.name }}>
          {labelOf(one, lang)}
        </Link>
      ),
      compare: (a, b) => labelOf(a, lang).localeCompare(labelOf(b, lang)),
    },
    { key: "kind", title: t.kind, show: (one) => t.kinds[one.how] ?? one.how, compare: (a, b) => a.how.localeCompare(b.how) },
    { key: "coverage", title: t.coverage, show: (one) => <Share of={one.coverage} name={t.coverage} />, compare: (a, b) => a.coverage - b.coverage },
    { key: "values", title: t.values, numeric: true, show: (one) => f.count(one.values), compare: (a, b) => a.values - b.values, wide: true },
    { key: "state", title: t.state, show: (one) => <StateOf one={one} />, compare: (a, b) => Number(a.stale) - Number(b.stale) || Number(a.starter) - Number(b.starter) },
    { key: "uses", title: t.uses, numeric: true, show: (one) => one.uses, compare: (a, b) => a.uses - b.uses, wide: true },
    { key: "owner", title: t.owner, show: (one) => (one.owner === "starter" ? "–" : one.owner || one.author || "–"), wide: true },
  ];
}

/** Two things apart: whether what is shown is of the newest definition, and whose the definition is. */
export function StateOf({ one }: { one: Overview }) {
  const t = useWords(WORDS);
  const f = useFormats();
  return (
    <span className="row" style={{ gap: 4 }}>
      {one.stale ? (
        <Tooltip title={t.staleHint}>
          <Mark color="warning">{t.stale}</Mark>
        </Tooltip>
      ) : (
        <Mark color="success">{t.fresh}</Mark>
      )}
      <Tooltip title={one.starter ? t.starterHint : one.at ? t.changed(f.ago(one.at)) : undefined}>
        <Mark>{one.starter ? t.starter : t.own}</Mark>
      </Tooltip>
    </span>
  );
}
