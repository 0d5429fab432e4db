// The types of identifier, strongest first, and how far each may join rows to one person.
import { useQuery } from "@tanstack/react-query";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type Identifier, identifiersQuery } from "./asking";
import { Facts, Named, PersonalMark } from "./parts";
import { WORDS } from "./words";

export function Identifiers() {
  const t = useWords(WORDS);
  const f = useFormats();
  const found = useQuery(identifiersQuery);
  const hints = [
    [t.priority, t.priorityHint],
    [t.limit, t.limitHint],
    [t.shared, t.sharedHint],
    [t.oneName, t.oneNameHint],
  ] as const;
  const columns: ColumnOf<Identifier>[] = [
    { key: "name", title: t.identifier, show: (one) => <Named thing={one} /> },
    { key: "priority", title: t.priority, numeric: true, show: (one) => one.priority },
    { key: "limit", title: t.limit, numeric: true, show: (one) => (one.limit ? f.count(one.limit) : t.noLimit) },
    { key: "shared", title: t.shared, show: (one) => (one.shared_above ? t.sharedAbove(f.count(one.shared_above)) : t.never) },
    { key: "one_name", title: t.oneName, show: (one) => (one.one_name ? t.yes : t.no) },
    { key: "personal", title: t.personal, show: (one) => <PersonalMark of={one.personal ?? "contact"} /> },
  ];
  return (
    <Panel>
      <p className="quiet">{t.identifierLead}</p>
      <Await of={found}>{(rows) => <DataTable name={t.identifiers} rows={[...rows].sort((a, b) => a.priority - b.priority)} columns={columns} keyOf={(one) => one.name} />}</Await>
      <div style={{ marginTop: 16 }}>
        <Facts of={hints} />
      </div>
    </Panel>
  );
}
