// The types of identifier, strongest first, and how far each may join rows to one person.
import { Tooltip } from "antd";
import { useQuery } from "@tanstack/react-query";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type Identifier, identifiersQuery } from "./asking";
import { Named, PersonalMark } from "./parts";
import { WORDS } from "./words";

export function Identifiers() {
  const t = useWords(WORDS);
  const f = useFormats();
  const found = useQuery(identifiersQuery);
  const head = (title: string, hint: string) => (
    <Tooltip title={hint}>
      <span tabIndex={0}>{title}</span>
    </Tooltip>
  );
  const columns: ColumnOf<Identifier>[] = [
    { key: "name", title: t.identifier, show: (one) => <Named thing={one} /> },
    { key: "priority", title: head(t.priority, t.priorityHint), numeric: true, show: (one) => one.priority },
    { key: "limit", title: head(t.limit, t.limitHint), numeric: true, show: (one) => (one.limit ? f.count(one.limit) : t.noLimit) },
    { key: "shared", title: head(t.shared, t.sharedHint), show: (one) => (one.shared_above ? t.sharedAbove(f.count(one.shared_above)) : t.never) },
    { key: "one_name", title: head(t.oneName, t.oneNameHint), show: (one) => (one.one_name ? t.yes : t.no) },
    { key: "personal", title: t.personal, show: (one) => <PersonalMark of={one.personal ?? "contact"} /> },
  ];
  return (
    <Panel>
      <p className="quiet">{t.identifierLead}</p>
      <Await of={found}>{(rows) => <DataTable name={t.identifiers} rows={[...rows].sort((a, b) => a.priority - b.priority)} columns={columns} keyOf={(one) => one.name} />}</Await>
    </Panel>
  );
}
