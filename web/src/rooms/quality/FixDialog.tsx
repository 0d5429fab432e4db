// A fix is written, looked at on the rows that were set aside, and applied.
import { Alert, App, Button, Form, Input, Select } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { useJobActions } from "@/jobs/acting";
import { DataTable } from "@/ui/DataTable";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { useMay } from "@/ui/rights";
import { useWords } from "@/ui/words";
import { apply, type AsideGroup, type Fix, preview, type Preview } from "./asking";
import { begin, type Draft, finish } from "./draft";
import { WORDS } from "./words";

export function FixDialog({ of, onClose }: { of: AsideGroup; onClose: () => void }) {
  const t = useWords(WORDS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const { refresh } = useJobActions();
  const [draft, setDraft] = useState<Draft>(() => begin(of));
  const [seen, setSeen] = useState<Preview>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const fix = finish(draft, of);
  const change = (more: Partial<Draft>) => {
    setDraft({ ...draft, ...more });
    setSeen(undefined);
  };
  const act = async (work: (fix: Fix) => Promise<void>) => {
    if (!fix) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await work(fix);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const look = () => act(async (one) => setSeen(await preview(one)));
  const put = () =>
    act(async (one) => {
      await apply(one);
      void message.success(t.applied);
      onClose();
      await refresh();
      await client.invalidateQueries();
    });
  return (
    <Dialog title={t.fixOf([of.source, of.event, of.column].filter(Boolean).join(" · "))} onClose={onClose} width={720}>
      <div className="stack">
        <p className="quiet">
          {of.message} · {of.remedy}
        </p>
        <Fields draft={draft} onChange={change} />
        {problem && <Alert type="error" showIcon title={problem.message} description={problem.remedy} />}
        {seen && <Outcome of={seen} />}
        <div className="row">
          <Button onClick={() => void look()} disabled={!fix} loading={busy}>
            {t.look}
          </Button>
          <Button type="primary" onClick={() => void put()} disabled={!fix || !seen} loading={busy}>
            {t.apply}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Fields({ draft, onChange }: { draft: Draft; onChange: (more: Partial<Draft>) => void }) {
  const t = useWords(WORDS);
  const kinds = Object.entries(t.kinds).map(([value, label]) => ({ value: value as Draft["kind"], label }));
  const text = (key: "name" | "property" | "since" | "to" | "format" | "value", label: string, extra?: string, type = "text") => (
    <Form.Item label={label} htmlFor={`fix-${key}`} extra={extra}>
      <Input id={`fix-${key}`} type={type} value={draft[key]} onChange={(event) => onChange({ [key]: event.target.value })} />
    </Form.Item>
  );
  return (
    <Form layout="vertical" className="fix-form" component="div">
      <Form.Item label={t.does} htmlFor="fix-kind">
        <Select id="fix-kind" aria-label={t.does} value={draft.kind} options={kinds} onChange={(kind) => onChange({ kind })} />
      </Form.Item>
      {draft.kind !== "rename_event" && text("property", t.from)}
      {draft.kind === "rename" && text("to", t.to)}
      {draft.kind === "rename_event" && text("to", t.toEvent)}
      {draft.kind === "map" && (
        <Form.Item label={t.pairs} htmlFor="fix-pairs" extra={t.pairsHow}>
          <Input.TextArea id="fix-pairs" rows={3} value={draft.pairs} onChange={(event) => onChange({ pairs: event.target.value })} />
        </Form.Item>
      )}
      {draft.kind === "cast" && text("format", t.format, t.formatHow)}
      {draft.kind === "default" && text("value", t.value)}
      <div className="grid" style={{ "--least": "200px" } as React.CSSProperties}>
        {text("since", t.since, t.sinceHow, "date")}
        {text("name", t.name)}
      </div>
    </Form>
  );
}

function Outcome({ of }: { of: Preview }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const maySee = useMay("personal");
  const title = t.outcome(f.count(of.looked), f.count(of.passing));
  return (
    <div className="stack" role="status">
      <Alert type={of.passing > 0 ? "success" : "warning"} showIcon title={title} description={of.whole ? undefined : t.part} />
      {of.examples.length > 0 && maySee && (
        <DataTable
          name={t.after}
          rows={of.examples.slice(0, 5)}
          keyOf={(one) => `${one.number} ${one.row} ${one.column}`}
          columns={[
            { key: "column", title: t.column, show: (one) => one.column || one.event },
            { key: "before", title: t.before, show: (one) => one.before ?? "–" },
            { key: "after", title: t.after, show: (one) => one.after ?? "–" },
          ]}
        />
      )}
      {of.examples.length > 0 && !maySee && <p className="quiet">{t.noValues}</p>}
      {of.failing.length > 0 && (
        <DataTable
          name={t.still}
          rows={of.failing}
          keyOf={(one) => `${one.event} ${one.column} ${one.code}`}
          columns={[
            { key: "still", title: t.still, show: (one) => one.message },
            { key: "column", title: t.column, show: (one) => one.column || "–" },
            { key: "count", title: t.count, numeric: true, show: (one) => f.count(one.count) },
          ]}
        />
      )}
    </div>
  );
}
