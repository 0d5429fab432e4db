// Every web hook: the address to paste at its sender, when something last came, what was refused.
import { CopyOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { labelOf, useLang, useWords } from "@/ui/words";
import { addressOf, type HookState, hooksQuery, intakeQuery } from "./hook-asking";
import { HOOK_WORDS } from "./hook-words";

export function Hooks() {
  const t = useWords(HOOK_WORDS);
  const may = useMay("admin");
  const found = useQuery(hooksQuery);
  const create = may && (
    <LinkButton to="/hooks/new" icon={<PlusOutlined />}>
      {t.create}
    </LinkButton>
  );
  const empty = (
    <NothingYet title={t.none} action={create}>
      {may ? t.noneLead : t.noneViewer}
    </NothingYet>
  );
  return (
    <Panel title={t.title} extra={found.data?.length ? create : undefined}>
      <Await of={found}>{(rows) => (rows.length ? <List rows={rows} /> : empty)}</Await>
    </Panel>
  );
}

/** How many requests of a hook were refused in the last thirty days. */
export const refusedOf = (one: HookState): number => one.refusals.reduce((sum, refusal) => sum + refusal.requests, 0);

export function Address({ path }: { path: string }) {
  const t = useWords(HOOK_WORDS);
  const { message } = App.useApp();
  const address = addressOf(useQuery(intakeQuery).data, path);
  const copy = () => void navigator.clipboard.writeText(address).then(() => message.success(t.copied));
  return (
    <span className="row" style={{ flexWrap: "nowrap" }}>
      <span className="code" style={{ overflowWrap: "anywhere" }}>
        {address}
      </span>
      <Button size="small" icon={<CopyOutlined aria-hidden />} onClick={copy} aria-label={`${t.copy} ${address}`}>
        {t.copy}
      </Button>
    </span>
  );
}

function List({ rows }: { rows: readonly HookState[] }) {
  const t = useWords(HOOK_WORDS);
  const f = useFormats();
  const lang = useLang();
  const columns: ColumnOf<HookState>[] = [
    {
      key: "name",
      title: t.title,
      show: ({ definition }) => (
        <Link to="/hooks/$name" params={{ name: definition.name }}>
          {labelOf(definition, lang)}
        </Link>
      ),
    },
    { key: "signed", title: t.signed, show: ({ definition }) => t.ways[definition.signed.by ?? "hmac"] },
    { key: "address", title: t.address, show: (one) => <Address path={one.path} /> },
    { key: "received", title: t.received, show: (one) => (one.received_at ? <span title={f.moment(one.received_at)}>{f.ago(one.received_at)}</span> : t.never) },
    { key: "refused", title: t.refused, numeric: true, show: (one) => f.count(refusedOf(one)), compare: (a, b) => refusedOf(a) - refusedOf(b) },
  ];
  return <DataTable name={t.title} rows={rows} columns={columns} keyOf={(one) => one.definition.name} />;
}
