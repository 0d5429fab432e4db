// Makes a schedule or changes one: what it does, when (with the times that come of it), and what it does about missed times.
import { Alert, App, Button, Form, Input, Radio, Select, Switch } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { connectorsQuery, readSchedule, REFRESH, removeSchedule, runsQuery, saveSchedule, type Schedule, schedulesQuery, timesQuery } from "./asking";
import { useReading } from "./reading";
import { NAME } from "./SecretPicker";
import { useScheduleWords } from "./schedule-words";

interface Props {
  /** Of one that is there; null for a new one. */
  name: string | null;
  of?: string;
  onClose: () => void;
}

export function ScheduleDialog({ name, of, onClose }: Props) {
  const t = useScheduleWords();
  const found = useQuery({ queryKey: ["schedule to edit", name], queryFn: () => readSchedule(name!), enabled: name !== null, staleTime: Infinity, gcTime: 0 });
  return (
    <Dialog title={name === null ? t.newSchedule : t.editSchedule(name)} onClose={onClose} width={640}>
      {name === null ? <Fields version={null} of={of} onClose={onClose} /> : <Await of={found}>{({ body, version }) => <Fields known={body} version={version} onClose={onClose} />}</Await>}
    </Dialog>
  );
}

interface FieldsProps {
  known?: Schedule;
  version: number | null;
  of?: string;
  onClose: () => void;
}

function Fields({ known, version, of, onClose }: FieldsProps) {
  const t = useScheduleWords();
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [mayRefresh, mayPull] = [useMay("refresh"), useMay("import")];
  const [form] = Form.useForm<Schedule>();
  const said = (Form.useWatch([], { form, preserve: true }) ?? {}) as Partial<Schedule>;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const connectors = useQuery(connectorsQuery).data ?? [];
  const runs = [...(mayRefresh ? [{ value: REFRESH, label: t.refresh }] : []), ...(mayPull ? connectors.map(({ definition }) => ({ value: definition.name, label: t.pulls(definition.name) })) : [])];
  const attempt = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      await client.invalidateQueries({ queryKey: schedulesQuery.queryKey });
      void message.success(done);
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const finish = (body: Schedule) => void attempt(() => saveSchedule({ ...body, name: known?.name ?? body.name, zone: body.zone ?? null }, version), t.saved);
  const remove = () => known && void modal.confirm({ title: t.removeScheduleSure(known.name), okText: t.removeSchedule, okButtonProps: { danger: true }, onOk: () => attempt(() => removeSchedule(known.name), t.removed) });
  const waits = () => (form.getFieldValue("catch_up") === "all" && form.getFieldValue("overlap") === "skip" ? Promise.reject(new Error(t.allNeedsWait)) : Promise.resolve());
  return (
    <Form<Schedule> form={form} layout="vertical" requiredMark={false} initialValues={{ runs: of ?? REFRESH, cron: "30 2 * * *", catch_up: "once", overlap: "skip", enabled: true, then_refresh: false, ...known }} onFinish={finish}>
      {!known && (
        <Form.Item name="name" label={t.name} extra={t.nameHint} rules={[{ required: true, message: t.needed }, { pattern: NAME, message: t.badName }]}>
          <Input autoComplete="off" maxLength={60} />
        </Form.Item>
      )}
      <Form.Item name="runs" label={t.does} rules={[{ required: true, message: t.needed }]}>
        <Select options={runs} />
      </Form.Item>
      <div className="presets">
        {Object.entries(t.presets).map(([cron, label]) => (
          <Button key={cron} size="small" onClick={() => form.setFieldValue("cron", cron)}>
            {label}
          </Button>
        ))}
      </div>
      <Form.Item name="cron" label={t.cron} extra={t.cronHint} rules={[{ required: true, message: t.needed }]}>
        <Input className="code" autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="zone" label={t.zone}>
        <ZonePicker />
      </Form.Item>
      <Times cron={said.cron ?? ""} zone={said.zone ?? null} />
      <Form.Item name="catch_up" label={t.catchUp}>
        <Radio.Group options={(["once", "all", "skip"] as const).map((value) => ({ value, label: t.catchUps[value] }))} />
      </Form.Item>
      <Form.Item name="overlap" label={t.overlapping} dependencies={["catch_up"]} rules={[{ validator: waits }]}>
        <Radio.Group options={(["skip", "wait"] as const).map((value) => ({ value, label: t.overlaps[value] }))} />
      </Form.Item>
      {said.runs !== REFRESH && (
        <Form.Item name="then_refresh" label={t.thenRefresh} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
      <Form.Item name="enabled" label={t.enabled} valuePropName="checked">
        <Switch />
      </Form.Item>
      {known && <Runs name={known.name} />}
      {problem && <Alert type="error" showIcon role="alert" title={problem.message} description={[problem.remedy, problem.where].filter(Boolean).join(" · ")} style={{ marginBottom: 16 }} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy}>
          {t.save}
        </Button>
        {known && (
          <Button danger onClick={remove}>
            {t.removeSchedule}
          </Button>
        )}
      </div>
    </Form>
  );
}

interface ZoneProps {
  id?: string;
  value?: string | null;
  onChange?: (zone: string | null) => void;
}

function ZonePicker({ id, value, onChange }: ZoneProps) {
  const t = useScheduleWords();
  const own = useQuery(timesQuery("0 0 * * *", null)).data?.zone ?? "";
  const zones = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone }));
  return <Select id={id} allowClear showSearch placeholder={t.zoneOwn(own)} value={value ?? undefined} onChange={(zone: string | undefined) => onChange?.(zone ?? null)} options={zones} />;
}

/** The expression in plain words, and the next five times in the zone it is read in. */
function Times({ cron, zone }: { cron: string; zone: string | null }) {
  const t = useScheduleWords();
  const f = useFormats();
  const read = useReading();
  const times = useQuery(timesQuery(cron, zone));
  if (times.error) {
    const problem = asProblem(times.error);
    return <Alert type="error" showIcon role="alert" title={problem.message} description={problem.where} style={{ marginBottom: 16 }} />;
  }
  return (
    <div role="status" style={{ marginBottom: 16 }}>
      <strong>{read(cron)}</strong>
      {times.data && (
        <>
          <div className="quiet">{`${t.next} · ${times.data.zone}`}</div>
          <ol className="times">
            {times.data.next.map((at) => (
              <li key={at}>
                {inZone(at, times.data.zone)} <span className="quiet">{f.ago(at)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

/** What a clock in a zone shows then; Swedish writes it as ISO 8601 does. */
const inZone = (at: string, zone: string): string => new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: zone }).format(new Date(at));

function Runs({ name }: { name: string }) {
  const t = useScheduleWords();
  const f = useFormats();
  const runs = useQuery(runsQuery(name)).data ?? [];
  return (
    <div style={{ marginBottom: 16 }}>
      <div className="quiet">{t.runs}</div>
      {runs.length === 0 ? (
        t.noRuns
      ) : (
        <ul className="times">
          {runs.slice(0, 5).map((run) => (
            <li key={run.due}>
              {f.moment(run.due)} · {t.fates[run.fate]}
              {run.job !== null && <span className="quiet"> #{run.job}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
