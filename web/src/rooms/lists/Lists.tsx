// Every list, and how many people are on it.
import { PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { best } from "@/ui/matching";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type ListOf, listsQuery } from "./asking";
import { NewList } from "./Dialogs";
import { WORDS } from "./words";

export function Lists() {
  const t = useWords(WORDS);
  const [making, setMaking] = useState(false);
  const lists = useQuery(listsQuery);
  const create = useMay("define") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t.create}
    </Button>
  );
  return (
    <PageShell title={t.title} lead={t.lead} actions={create}>
      <Panel>
        <Await of={lists}>{(rows) => (rows.length ? <Table rows={rows} /> : <NothingYet title={t.none}>{t.noneLead}</NothingYet>)}</Await>
      </Panel>
      {making && <NewList onClose={() => setMaking(false)} />}
    </PageShell>
  );
}

function Table({ rows }: { rows: readonly ListOf[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const navigate = useNavigate();
  const [{ q = "" }, setUrl] = useUrlState<{ q?: string }>();
  const shown = q ? best(rows, q, (one) => [one.zh, one.en, one.name], rows.length) : rows;
  const columns: ColumnOf<ListOf>[] = [
    {
      key: "name",
      title: t.name,
      show: (one) => (
        <Link to="/lists/$name" params={{ name: one.name }}>
          {labelOf(one, lang)}
        </Link>
      ),
      compare: (a, b) => labelOf(a, lang).localeCompare(labelOf(b, lang)),
    },
    { key: "count", title: t.size, numeric: true, show: (one) => f.count(one.count), compare: (a, b) => a.count - b.count },
    { key: "description", title: t.description, show: (one) => one.description || "–" },
  ];
  return (
    <div className="stack">
      <Input type="search" allowClear placeholder={t.search} aria-label={t.search} value={q} onChange={(event) => setUrl({ q: event.target.value })} style={{ maxWidth: 320 }} />
      <DataTable
        name={t.title}
        rows={shown}
        columns={columns}
        keyOf={(one) => one.name}
        empty={<FilteredToNothing onClear={() => setUrl({ q: undefined })} />}
        onOpen={(one) => void navigate({ to: "/lists/$name", params: { name: one.name } })}
      />
    </div>
  );
}
