// The messages of one group of what was set aside, to be opened one by one; and those that were mended.
import { Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { DataTable } from "@/ui/DataTable";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type AsideGroup, mendedQuery, waitingQuery } from "./asking";
import { WORDS } from "./mend-words";

export function AsideMessages({ of, onClose }: { of: AsideGroup; onClose: () => void }) {
  const t = useWords(WORDS);
  const may = useMay("personal");
  const found = useQuery(waitingQuery(of));
  return (
    <Dialog title={t.listTitle([of.source, of.event, of.column].filter(Boolean).join(" · "))} onClose={onClose} width={760}>
      <div className="stack">
        <p className="quiet">{may ? t.listLead : t.needsPersonal}</p>
        <Await of={found}>
          {(rows) => (
            <DataTable
              name={t.oneByOne}
              rows={rows}
              keyOf={(one) => one.number}
              empty={<p className="quiet">{t.none}</p>}
              columns={[
                { key: "number", title: t.number, show: (one) => <MessageLink of={one.number} may={may} /> },
                { key: "day", title: t.day, show: (one) => one.day },
                { key: "value", title: t.value, show: (one) => short(one.faults.find(({ code }) => code === of.code)?.value ?? "–") },
                { key: "mended", title: "", show: (one) => one.mended && <Tag>{t.isMended}</Tag> },
              ]}
            />
          )}
        </Await>
      </div>
    </Dialog>
  );
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

function MessageLink({ of, may }: { of: string; may: boolean }) {
  if (!may) return <span className="code">{of}</span>;
  return (
    <Link to="/quality/messages/$number/mend" params={{ number: of }} className="code">
      {of}
    </Link>
  );
}

/** What was mended by hand; nothing where nothing was. */
export function MendedMessages() {
  const t = useWords(WORDS);
  const f = useFormats();
  const may = useMay("personal");
  const rows = useQuery(mendedQuery).data ?? [];
  if (rows.length === 0) return null;
  return (
    <Panel title={t.mendedTitle}>
      <DataTable
        name={t.mendedTitle}
        rows={rows}
        keyOf={(one) => one.number}
        columns={[
          { key: "number", title: t.number, show: (one) => <MessageLink of={one.number} may={may} /> },
          { key: "who", title: t.who, show: (one) => one.author },
          { key: "when", title: t.when, show: (one) => <span title={f.moment(one.at)}>{f.ago(one.at)}</span> },
          { key: "why", title: t.why, show: (one) => one.why || "–" },
        ]}
      />
    </Panel>
  );
}
