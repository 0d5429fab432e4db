// What was set aside, in groups, and from each group the way to a fix.
import { Button, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { asideQuery, type AsideGroup } from "./asking";
import { AsideMessages, MendedMessages } from "./AsideMessages";
import { FixDialog } from "./FixDialog";
import { WORDS as MEND_WORDS } from "./mend-words";
import { WORDS } from "./words";

export function Aside() {
  const t = useWords(WORDS);
  const f = useFormats();
  const may = useMay("define");
  const found = useQuery(asideQuery);
  const m = useWords(MEND_WORDS);
  const [fixing, setFixing] = useState<AsideGroup>();
  const [listing, setListing] = useState<AsideGroup>();
  const columns: ColumnOf<AsideGroup>[] = [
    { key: "source", title: t.source, show: (one) => one.source, compare: (a, b) => a.source.localeCompare(b.source) },
    { key: "event", title: t.event, show: (one) => (one.event === "customers" ? t.customers : one.event || <span className="quiet">{t.unknown}</span>) },
    { key: "column", title: t.column, show: (one) => one.column || "–" },
    { key: "reason", title: t.reason, show: (one) => <span title={`${one.code}\n${one.remedy}`}>{one.message}</span> },
    { key: "whole", title: t.whole, show: (one) => (one.whole ? <Tag color="warning">{t.wholeRow}</Tag> : t.wholeValue) },
    { key: "count", title: t.count, numeric: true, show: (one) => f.count(one.count), compare: (a, b) => a.count - b.count },
    { key: "days", title: t.days, show: (one) => (one.first === one.last ? one.first : `${one.first} – ${one.last}`), wide: true },
    {
      key: "fix",
      title: t.actions,
      show: (one) =>
        <span className="row">
          {may && one.event && (
            <Button size="small" onClick={() => setFixing(one)}>
              {t.fix}
            </Button>
          )}
          {one.messages > 0 && (
            <Button size="small" aria-label={`${m.oneByOne}: ${[one.event, one.column, one.message].filter(Boolean).join(" · ")}`} onClick={() => setListing(one)}>
              {m.oneByOne}
            </Button>
          )}
        </span>
    },
  ];
  return (
    <div className="stack">
      <Panel>
        <div className="stack">
          <p className="quiet">{t.asideLead}</p>
          <Await of={found} rows={6}>
            {(rows) => <DataTable name={t.aside} rows={rows} columns={columns} keyOf={(one) => [one.source, one.event, one.column, one.code, one.whole].join(" ")} empty={<p className="quiet">{t.asideNone}</p>} />}
          </Await>
          {listing && <AsideMessages of={listing} onClose={() => setListing(undefined)} />}
          {fixing && <FixDialog of={fixing} onClose={() => setFixing(undefined)} />}
        </div>
      </Panel>
      <MendedMessages />
    </div>
  );
}
