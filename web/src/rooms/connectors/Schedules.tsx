// What runs by itself: in plain words when, the next time, what became of the last; paused and changed here.
import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Tag } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { labelOf, useLang } from "@/ui/words";
import { readSchedule, REFRESH, saveSchedule, type ScheduleState, schedulesQuery } from "./asking";
import { useReading } from "./reading";
import { ScheduleDialog } from "./ScheduleDialog";
import { useScheduleWords } from "./schedule-words";

interface Props {
  /** Only those of this connector. */
  of?: string;
}

export function Schedules({ of }: Props) {
  const t = useScheduleWords();
  const may = useMay("define");
  const [editing, setEditing] = useState<string | null>(null); // a name; empty for a new one
  const found = useQuery({ ...schedulesQuery, refetchInterval: 30_000 });
  const create = may && (
    <Button icon={<PlusOutlined />} onClick={() => setEditing("")}>
      {t.newSchedule}
    </Button>
  );
  return (
    <Panel title={t.schedules} extra={create}>
      <Await of={found}>
        {(all) => {
          const rows = of === undefined ? all : all.filter(({ definition }) => definition.runs === of);
          return rows.length ? <List rows={rows} onEdit={setEditing} /> : <NothingYet title={t.noSchedules}>{t.noSchedulesHow}</NothingYet>;
        }}
      </Await>
      {editing !== null && <ScheduleDialog name={editing || null} of={of} onClose={() => setEditing(null)} />}
    </Panel>
  );
}

function List({ rows, onEdit }: { rows: readonly ScheduleState[]; onEdit: (name: string) => void }) {
  const t = useScheduleWords();
  const f = useFormats();
  const lang = useLang();
  const read = useReading();
  const may = useMay("define");
  const columns: ColumnOf<ScheduleState>[] = [
    {
      key: "name",
      title: t.name,
      show: ({ definition }) =>
        may ? (
          <Button type="link" style={{ padding: 0 }} onClick={() => onEdit(definition.name)} aria-label={t.editSchedule(labelOf(definition, lang))}>
            {labelOf(definition, lang)}
          </Button>
        ) : (
          labelOf(definition, lang)
        ),
    },
    { key: "does", title: t.does, show: ({ definition }) => (definition.runs === REFRESH ? t.refresh : t.pulls(definition.runs)) },
    {
      key: "cron",
      title: t.cron,
      show: ({ definition, zone }) => (
        <>
          {read(definition.cron)} <span className="quiet code">{definition.cron}</span> <span className="quiet">{zone}</span>
        </>
      ),
    },
    { key: "next", title: t.nextOne, show: (one) => (one.definition.enabled === false ? <Tag>{t.off}</Tag> : one.next[0] ? <span title={f.moment(one.next[0])}>{f.ago(one.next[0])}</span> : "–") },
    { key: "last", title: t.last, show: ({ last }) => (last ? <span title={f.moment(last.due)}>{`${t.fates[last.fate]} · ${f.ago(last.due)}`}</span> : t.never) },
  ];
  if (may) columns.push({ key: "pause", title: "", show: (one) => <Pause one={one} /> });
  return <DataTable name={t.schedules} rows={rows} columns={columns} keyOf={({ definition }) => definition.name} />;
}

function Pause({ one: { definition } }: { one: ScheduleState }) {
  const t = useScheduleWords();
  const tell = useTelling();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const on = definition.enabled !== false;
  const said = on ? t.pauseIt : t.resume;
  const toggle = async () => {
    setBusy(true);
    try {
      const { body, version } = await readSchedule(definition.name);
      await saveSchedule({ ...body, enabled: !on }, version);
      await client.invalidateQueries({ queryKey: schedulesQuery.queryKey });
      void message.success(t.saved);
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" loading={busy} onClick={() => void toggle()} aria-label={`${said} ${definition.name}`}>
      {said}
    </Button>
  );
}
