// Where data comes from: every source, what feeds it, how much came and when last.
import { ApiOutlined, CloudUploadOutlined, CodeOutlined, DatabaseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { Dialog } from "@/ui/Dialog";
import { LinkButton } from "@/ui/LinkButton";
import { best } from "@/ui/matching";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Feed, feedsQuery } from "./asking";
import { NewKeyDialog } from "./NewKey";
import { Volume } from "./Volume";
import { WORDS } from "./words";
import "./sources.css";

const LOOK_MS = 15_000;

export function Sources() {
  const t = useWords(WORDS);
  const may = useMay("import");
  const [{ connect }, setUrl] = useUrlState<{ connect?: boolean }>();
  const feeds = useQuery({ ...feedsQuery, refetchInterval: LOOK_MS });
  const create = may && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setUrl({ connect: true })}>
      {t.connect}
    </Button>
  );
  const empty = (
    <NothingYet title={t.none} action={create}>
      {may ? t.noneLead : t.noneViewer}
    </NothingYet>
  );
  return (
    <PageShell title={t.title} lead={t.lead} actions={create}>
      <Panel>
        <Await of={feeds}>{(rows) => (rows.length ? <List rows={rows} /> : empty)}</Await>
      </Panel>
      {connect && may && <Connect onClose={() => setUrl({ connect: undefined })} />}
    </PageShell>
  );
}

function List({ rows }: { rows: readonly Feed[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const navigate = useNavigate();
  const [{ q = "" }, setUrl] = useUrlState<{ q?: string }>();
  const shown = q ? best(rows, q, (one) => [one.zh, one.en, one.name], rows.length) : rows;
  const columns: ColumnOf<Feed>[] = [
    {
      key: "name",
      title: t.source,
      show: (one) => (
        <Link to="/sources/$name" params={{ name: one.name }}>
          {labelOf(one, lang)}
        </Link>
      ),
      compare: (a, b) => labelOf(a, lang).localeCompare(labelOf(b, lang)),
    },
    { key: "ways", title: t.ways, show: (one) => <Ways one={one} /> },
    { key: "received", title: t.received, show: (one) => (one.received_at ? <span title={f.moment(one.received_at)}>{f.ago(one.received_at)}</span> : t.never), compare: (a, b) => (a.received_at ?? "").localeCompare(b.received_at ?? "") },
    { key: "volume", title: t.volume, show: (one) => <Volume one={one} /> },
    { key: "rows", title: t.rows, numeric: true, show: (one) => f.count(one.rows), compare: (a, b) => a.rows - b.rows },
    { key: "aside", title: t.aside, numeric: true, show: (one) => f.count(one.set_aside), compare: (a, b) => a.set_aside - b.set_aside },
    { key: "waiting", title: t.waiting, numeric: true, show: (one) => <Waiting one={one} />, compare: (a, b) => a.waiting - b.waiting },
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
        onOpen={(one) => void navigate({ to: "/sources/$name", params: { name: one.name } })}
      />
    </div>
  );
}

export function Ways({ one }: { one: Feed }) {
  const t = useWords(WORDS);
  if (one.ways.length === 0) return "–";
  return (
    <span className="row">
      {one.ways.map((way) => (
        <Tag key={way}>{t.way[way]}</Tag>
      ))}
    </span>
  );
}

function Waiting({ one }: { one: Feed }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const n = f.count(one.waiting);
  return <span title={one.waiting ? t.waitingHow(n) : undefined}>{one.counting ? `≥ ${n}` : n}</span>;
}

/** The ways in which data comes, each with where it begins. */
function Connect({ onClose }: { onClose: () => void }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const admin = useMay("admin");
  if (making) return <NewKeyDialog onClose={onClose} onMade={(source) => void navigate({ to: "/sources/$name", params: { name: source } })} />;
  return (
    <Dialog title={t.howConnect} onClose={onClose}>
      <ul className="ways">
        <li>
          <CodeOutlined aria-hidden />
          <span>
            {t.sdkHow}
          </span>
          <Button type="primary" icon={<ApiOutlined />} onClick={() => setMaking(true)}>
            {t.sdk}
          </Button>
        </li>
        <li>
          <CloudUploadOutlined aria-hidden />
          <span>{t.fileHow}</span>
          <LinkButton to="/imports/new">{t.file}</LinkButton>
        </li>
        {admin && (
          <li>
            <DatabaseOutlined aria-hidden />
            <span>{t.pullHow}</span>
            <LinkButton to="/connectors/new">{t.pull}</LinkButton>
          </li>
        )}
      </ul>
    </Dialog>
  );
}
