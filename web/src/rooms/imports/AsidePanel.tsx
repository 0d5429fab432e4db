// What was set aside of an import: the reasons with their counts, the rows behind each, and how to mend them.
import { DownloadOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { download } from "@/api/client";
import { DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { useWords } from "@/ui/words";
import { asideRowsQuery, type Group, type ImportDetail } from "./asking";
import { Mend, RefreshButton } from "./Mend";
import { WORDS } from "./words";

export function AsidePanel({ one }: { one: ImportDetail }) {
  const t = useWords(WORDS);
  const mayImport = useMay("import");
  const maySee = useMay("personal") && mayImport;
  const [open, setOpen] = useState<string>();
  if (one.set_aside_rows === null) {
    return (
      <Panel title={t.asideTitle}>
        <div className="stack">
          <p className="quiet">{t.asideUnknown}</p>
          <div>
            <RefreshButton type="primary" />
          </div>
        </div>
      </Panel>
    );
  }
  if (one.groups.length === 0) {
    return (
      <Panel title={t.asideTitle}>
        <p className="quiet">{t.asideNone}</p>
      </Panel>
    );
  }
  return (
    <Panel title={t.asideTitle}>
      <div className="stack">
        <p className="quiet">{t.asideLead}</p>
        <Groups groups={one.groups} open={open} onOpen={maySee ? setOpen : undefined} />
        {!maySee && <p className="quiet">{t.noPersonal}</p>}
        {open && <Rows number={one.number} group={one.groups.find((group) => group.code === open)} code={open} />}
        {maySee && <DownloadAside number={one.number} />}
        {mayImport && <Mend />}
      </div>
    </Panel>
  );
}

function Groups({ groups, open, onOpen }: { groups: readonly Group[]; open: string | undefined; onOpen: ((code: string | undefined) => void) | undefined }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const toggle = (code: string) => onOpen?.(open === code ? undefined : code);
  return (
    <DataTable
      name={t.asideTitle}
      rows={groups}
      keyOf={(group) => `${group.code} ${group.column} ${group.whole}`}
      columns={[
        { key: "reason", title: t.reason, show: (group) => <span title={group.code}>{group.message}</span> },
        { key: "column", title: t.column, show: (group) => group.column || "–" },
        { key: "count", title: t.count, numeric: true, show: (group) => f.count(group.count) },
        { key: "whole", title: t.whole, show: (group) => (group.whole ? <Tag color="warning">{t.wholeRow}</Tag> : t.wholeValue) },
        { key: "remedy", title: t.remedy, show: (group) => group.remedy },
        {
          key: "rows",
          title: "",
          show: (group) =>
            onOpen && (
              <Button size="small" aria-expanded={open === group.code} onClick={() => toggle(group.code)}>
                {open === group.code ? t.hide : t.show}
              </Button>
            ),
        },
      ]}
    />
  );
}

/** The first rows that were set aside for a reason; what is wrong with a cell stands below it. */
function Rows({ number, group, code }: { number: number; group: Group | undefined; code: string }) {
  const t = useWords(WORDS);
  const rows = useQuery(asideRowsQuery(number, code));
  const title = t.rowsOf(group?.message ?? code);
  return (
    <Await of={rows}>
      {(found) => {
        const columns = Object.keys(found[0]?.cells ?? {});
        return (
          <div className="cells" role="region" tabIndex={0} aria-label={title}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.rowNumber}</th>
                  <th scope="col">{t.reason}</th>
                  {columns.map((column) => (
                    <th key={column} scope="col">
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {found.map((row) => (
                  <tr key={row.row}>
                    <td className="num">{row.row}</td>
                    <td>{row.faults.map((fault) => (fault.column ? `${fault.column}: ${fault.message}` : fault.message)).join("; ")}</td>
                    {columns.map((column) => {
                      const wrong = row.faults.some((fault) => fault.column === column);
                      return (
                        <td key={column} className={wrong ? "is-wrong" : ""}>
                          {row.cells[column]}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Await>
  );
}

export function DownloadAside({ number }: { number: number }) {
  const t = useWords(WORDS);
  const tell = useTelling();
  const save = async () => {
    try {
      await download(`/v1/imports/${number}/set-aside`);
    } catch (error) {
      tell(error);
    }
  };
  return (
    <div className="row">
      <Button icon={<DownloadOutlined />} onClick={() => void save()}>
        {t.download}
      </Button>
      <span className="quiet">{t.downloadHow}</span>
    </div>
  );
}
