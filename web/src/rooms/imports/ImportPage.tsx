// One import: its facts, what was set aside and why, and the ways to mend it or to undo it.
import { UndoOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, got } from "@/api/client";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { useWords } from "@/ui/words";
import { type ImportDetail, importQuery, useNamesOfData } from "./asking";
import { AsidePanel } from "./AsidePanel";
import { StatusOf } from "./Imports";
import { RefreshButton } from "./Mend";
import { WORDS } from "./words";
import "./imports.css";

// Formats of rows that stand below no header.
const HEADLESS = new Set(["json", "jsonl", "parquet", "table", "stream"]);

export function ImportPage() {
  const { number } = useParams({ strict: false });
  const found = useQuery(importQuery(Number(number)));
  return (
    <Await of={found} rows={10}>
      {(one) => <Page one={one} />}
    </Await>
  );
}

function Page({ one }: { one: ImportDetail }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const aside = one.set_aside_rows === null ? "–" : f.count(one.set_aside_rows);
  const values = one.set_aside_values ? t.asideValues(f.count(one.set_aside_values)) : undefined;
  return (
    <PageShell title={t.name(String(one.number), one.file)} actions={one.can_undo && <Undo one={one} />}>
      {one.status === "undone" && <Alert type="warning" showIcon title={t.undoneLead} action={<RefreshButton />} />}
      <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
        <Figure label={t.rows} value={f.count(one.rows)} />
        <Figure label={t.badRows} value={f.count(one.bad_rows)} />
        <Figure label={t.aside} value={aside} note={one.set_aside_rows === null ? t.asideNotYet : values} />
      </div>
      {one.status === "landed" && <AsidePanel one={one} />}
      <Facts one={one} />
    </PageShell>
  );
}

function Facts({ one }: { one: ImportDetail }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const names = useNamesOfData();
  const { shape } = one;
  const facts: [string, React.ReactNode][] = [
    [t.status, <StatusOf key="status" one={one} />],
    [t.kind, names.kind(one.kind)],
    [t.source, names.source(one.source)],
    [t.author, one.author],
    [t.when, f.moment(one.at)],
    [t.format, shape.format.toUpperCase()],
  ];
  if (shape.format === "csv") facts.push([t.encoding, shape.encoding]);
  if (shape.sheet) facts.push([t.sheet, shape.sheet]);
  if (!HEADLESS.has(shape.format)) {
    facts.push([t.header, shape.header_row == null ? t.headerNone : t.headerRow(shape.header_row + 1)]);
  }
  if (shape.format !== "stream") facts.push([t.mapping, t.version(one.mapping, one.mapping_version)]);
  if (one.mends !== null) {
    facts.push([
      t.mends,
      <Link key="mends" to="/imports/$number" params={{ number: String(one.mends) }}>
        {t.mendsOf(one.mends)}
      </Link>,
    ]);
  }
  return (
    <Panel title={t.facts}>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={label} style={{ display: "contents" }}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Takes an import back, after saying what that does. */
export function Undo({ one }: { one: Pick<ImportDetail, "number" | "rows"> }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { modal, message } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const undo = async () => {
    try {
      await got(api.POST("/v1/imports/{number}/undo", { params: { path: { number: one.number } } }));
      void message.success(t.undone);
    } catch (error) {
      tell(error);
    }
    await Promise.all([client.invalidateQueries({ queryKey: ["imports"] }), client.invalidateQueries({ queryKey: ["home"] })]);
  };
  const sure = () => void modal.confirm({ title: t.undoSure(one.number), content: t.undoHow(f.count(one.rows)), okText: t.undo, okButtonProps: { danger: true }, onOk: undo });
  return (
    <Button danger icon={<UndoOutlined />} onClick={sure}>
      {t.undo}
    </Button>
  );
}
