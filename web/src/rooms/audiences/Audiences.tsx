// Every audience, with how many are in it, how that changed, and who made it.
import { PlusOutlined } from "@ant-design/icons";
import { Button, Input, Tag, Tooltip } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type Key, useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { LinkButton } from "@/ui/LinkButton";
import { best } from "@/ui/matching";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Audience, audiencesQuery } from "./asking";
import { WORDS } from "./words";

const MOST = 5;

export function Audiences() {
  const t = useWords(WORDS);
  const may = useMay("define");
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<Key[]>([]);
  const list = useQuery(audiencesQuery);
  const actions = (
    <>
      <Tooltip title={t.compareHint}>
        <Button disabled={chosen.length < 2} onClick={() => void navigate({ to: "/audiences/compare", search: { of: chosen.join(",") } })}>
          {t.compare}
          {chosen.length > 0 && ` (${chosen.length})`}
        </Button>
      </Tooltip>
      {may && (
        <LinkButton to="/audiences/new" type="primary" icon={<PlusOutlined />}>
            {t.create}
          </LinkButton>
      )}
    </>
  );
  return (
    <PageShell title={t.title} lead={t.lead} actions={actions}>
      <Panel>
        <Await of={list}>{(rows) => <List rows={rows} chosen={chosen} onChoose={setChosen} />}</Await>
      </Panel>
    </PageShell>
  );
}

function List({ rows, chosen, onChoose }: { rows: readonly Audience[]; chosen: Key[]; onChoose: (keys: Key[]) => void }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const [{ q = "" }, setUrl] = useUrlState<{ q?: string }>();
  const columns = useColumns();
  const shown = q ? best(rows, q, (one) => [one.zh, one.en, one.name], rows.length) : rows;
  if (rows.length === 0) {
    return (
      <NothingYet
        title={t.none}
        action={
          <LinkButton to="/audiences/new" type="primary">{t.create}</LinkButton>
        }
      >
        {t.noneLead}
      </NothingYet>
    );
  }
  return (
    <div className="stack">
      <Input type="search" allowClear placeholder={t.search} aria-label={t.search} value={q} onChange={(event) => setUrl({ q: event.target.value })} style={{ maxWidth: 320 }} />
      <DataTable
        name={t.title}
        rows={shown}
        columns={columns}
        keyOf={(one) => one.name}
        empty={<FilteredToNothing onClear={() => setUrl({ q: undefined })} />}
        onOpen={(one) => void navigate({ to: "/audiences/$name", params: { name: one.name } })}
        chosen={{ keys: chosen, onChange: (keys) => onChoose(keys.slice(0, MOST)), most: MOST }}
      />
    </div>
  );
}

function useColumns(): ColumnOf<Audience>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  return [
    {
      key: "name",
      title: t.name,
      show: (one) => (
        <Link to="/audiences/$name" params={{ name: one.name }}>
          {labelOf(one, lang)}
        </Link>
      ),
      compare: (a, b) => labelOf(a, lang).localeCompare(labelOf(b, lang)),
    },
    { key: "count", title: t.size, numeric: true, show: (one) => <SizeOf one={one} />, compare: (a, b) => (a.count ?? -1) - (b.count ?? -1) },
    { key: "share", title: t.share, numeric: true, show: (one) => (one.share == null ? "–" : f.share(one.share)) },
    {
      key: "change",
      title: t.change,
      show: (one) =>
        one.entered == null ? (
          "–"
        ) : (
          <span className="row">
            {one.entered > 0 && <Tag color="success">{t.entered(f.count(one.entered))}</Tag>}
            {(one.left ?? 0) > 0 && <Tag>{t.left(f.count(one.left ?? 0))}</Tag>}
            {!one.entered && !one.left && "–"}
          </span>
        ),
    },
    { key: "as_of", title: t.updated, show: (one) => (one.as_of ? <span title={f.moment(one.as_of)}>{f.ago(one.as_of)}</span> : "–"), compare: (a, b) => (a.as_of ?? "").localeCompare(b.as_of ?? "") },
    { key: "uses", title: t.uses, numeric: true, show: (one) => one.uses, wide: true },
    { key: "owner", title: t.owner, show: (one) => one.owner || one.author, wide: true },
  ];
}

function SizeOf({ one }: { one: Audience }) {
  const t = useWords(WORDS);
  const f = useFormats();
  if (one.count == null) return <Tag>{t.notYet}</Tag>;
  return (
    <span>
      {f.count(one.count)} {one.stale && <Tag color="warning">{t.stale}</Tag>}
    </span>
  );
}
