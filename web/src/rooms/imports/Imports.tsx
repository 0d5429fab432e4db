// Every import: from where, how many rows, what was set aside, by whom and when.
import { PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { importsQuery, type OneImport, useNamesOfData } from "./asking";
import { Mend } from "./Mend";
import { WORDS } from "./words";
import "./imports.css";

export function Imports() {
  const t = useWords(WORDS);
  const may = useMay("import");
  const list = useQuery(importsQuery);
  const some = (list.data?.length ?? 0) > 0;
  const create = (
    <Link to="/imports/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t.create}
      </Button>
    </Link>
  );
  return (
    <PageShell title={t.title} lead={t.lead} actions={may && some && create}>
      {may && some && <Mend />}
      <Panel>
        <Await of={list}>
          {(rows) =>
            rows.length === 0 ? (
              <NothingYet title={t.none} action={may && create}>
                {may ? t.noneLead : t.noneViewer}
              </NothingYet>
            ) : (
              <List rows={rows} />
            )
          }
        </Await>
      </Panel>
    </PageShell>
  );
}

function List({ rows }: { rows: readonly OneImport[] }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const [{ aside }, setUrl] = useUrlState<{ aside?: boolean }>();
  const columns = useColumns();
  const shown = aside ? rows.filter((one) => one.status === "landed" && (one.set_aside_rows ?? 0) > 0) : rows;
  return (
    <div className="stack">
      <Checkbox checked={Boolean(aside)} onChange={(event) => setUrl({ aside: event.target.checked || undefined })}>
        {t.onlyAside}
      </Checkbox>
      <DataTable name={t.list} rows={shown} columns={columns} keyOf={(one) => one.number} empty={<FilteredToNothing onClear={() => setUrl({ aside: undefined })} />} onOpen={(one) => void navigate({ to: "/imports/$number", params: { number: String(one.number) } })} />
    </div>
  );
}

function useColumns(): ColumnOf<OneImport>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  const names = useNamesOfData();
  return [
    {
      key: "file",
      title: t.file,
      width: 260,
      show: (one) => (
        <span style={{ overflowWrap: "anywhere" }}>
          <Link to="/imports/$number" params={{ number: String(one.number) }}>
            {one.file}
          </Link>{" "}
          <span className="quiet">#{one.number}</span>
        </span>
      ),
    },
    { key: "kind", title: t.kind, show: (one) => names.kind(one.kind) },
    { key: "source", title: t.source, show: (one) => names.source(one.source) },
    { key: "rows", title: t.rows, numeric: true, show: (one) => f.count(one.rows), compare: (a, b) => a.rows - b.rows },
    { key: "aside", title: t.aside, show: (one) => <AsideOf one={one} /> },
    { key: "status", title: t.status, show: (one) => <StatusOf one={one} /> },
    { key: "author", title: t.author, show: (one) => one.author, wide: true },
    { key: "when", title: t.when, show: (one) => <span title={f.moment(one.at)}>{f.ago(one.at)}</span> },
  ];
}

export function StatusOf({ one }: { one: Pick<OneImport, "status"> }) {
  const t = useWords(WORDS);
  const said = t.statuses[one.status as keyof typeof t.statuses] ?? one.status;
  return <Tag color={one.status === "landed" ? "success" : one.status === "interrupted" ? "error" : undefined}>{said}</Tag>;
}

function AsideOf({ one }: { one: OneImport }) {
  const t = useWords(WORDS);
  const f = useFormats();
  if (one.status !== "landed") return "–";
  if (one.set_aside_rows === null) return <span className="quiet">{t.asideNotYet}</span>;
  if (!one.set_aside_rows && !one.set_aside_values) return "–";
  return (
    <span className="row">
      {one.set_aside_rows > 0 && <Tag color="warning">{t.asideRows(f.count(one.set_aside_rows))}</Tag>}
      {(one.set_aside_values ?? 0) > 0 && <span className="quiet">{t.asideValues(f.count(one.set_aside_values ?? 0))}</span>}
    </span>
  );
}
