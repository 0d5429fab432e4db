// The check: the whole file is tried out, and what would come of it is told before anything changes.
import { Alert, Button } from "antd";
import { useState } from "react";
import { useJobActions } from "@/jobs/acting";
import { JobLine } from "@/jobs/JobLine";
import { DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Figure, Panel } from "@/ui/PageShell";
import { NothingYet } from "@/ui/states";
import { useWords } from "@/ui/words";
import type { Outcome } from "./asking";
import { Foot } from "./WizardSteps";
import { askFor, useWholeJob, type Wizard } from "./wizard";
import { WORDS } from "./wizard-words";

type Trial = NonNullable<Outcome["trial"]>;

export function CheckStep({ wizard, number }: { wizard: Wizard; number: number | undefined }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { ask, asking } = useJobActions();
  const job = useWholeJob(number);
  const result = job?.result;
  const trial = result && "trial" in result ? result.trial : null;
  const good = trial ? trial.rows - trial.rows_set_aside : 0;
  const check = async () => {
    const next = await ask(() => askFor(wizard, true));
    if (next) wizard.go("check", next.number);
  };
  const bring = async () => {
    const next = await ask(() => askFor(wizard, false));
    if (!next) return;
    wizard.change({ checked: number });
    wizard.go("import", next.number);
  };
  return (
    <>
      {!job && number === undefined && (
        <Panel>
          <NothingYet title={t.checkNone} action={<Button onClick={() => void check()}>{t.check}</Button>} />
        </Panel>
      )}
      {job && !trial && (
        <Panel title={t.check}>
          <div className="stack">
            <p className="quiet" style={{ margin: 0 }}>
              {t.checking}
            </p>
            <JobLine job={job} onRetried={(next) => wizard.go("check", next.number)} />
          </div>
        </Panel>
      )}
      {trial && <Told trial={trial} />}
      <Foot onBack={() => wizard.go("identity")}>
        <Button onClick={() => wizard.go("columns")}>{t.fixColumns}</Button>
        {trial && good > 0 && (
          <Button type="primary" loading={asking} onClick={() => void bring()}>
            {trial.rows_set_aside ? t.goGood(f.count(good)) : t.go(f.count(good))}
          </Button>
        )}
      </Foot>
    </>
  );
}

function Told({ trial }: { trial: Trial }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const none = trial.rows === trial.rows_set_aside;
  const values = trial.values_set_aside ? t.asideValues(f.count(trial.values_set_aside)) : undefined;
  return (
    <>
      {none && <Alert type="error" showIcon title={t.goNone} />}
      <div className="grid" style={{ "--least": "150px" } as React.CSSProperties} aria-live="polite">
        <Figure label={t.created} value={f.count(trial.created)} />
        <Figure label={t.updated} value={f.count(trial.updated)} />
        <Figure label={t.unchanged} value={f.count(trial.unchanged)} />
        <Figure label={t.aside} value={f.count(trial.rows_set_aside)} note={values} />
      </div>
      <Panel title={t.reasons}>{trial.reasons.length ? <Reasons trial={trial} /> : <p className="quiet">{t.reasonsNone}</p>}</Panel>
    </>
  );
}

function Reasons({ trial }: { trial: Trial }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const [open, setOpen] = useState<string>();
  const examples = trial.examples.filter((one) => one.code === open);
  const toggle = (code: string) => setOpen(open === code ? undefined : code);
  return (
    <div className="stack">
      <DataTable
        name={t.reasons}
        rows={trial.reasons}
        keyOf={(reason) => reason.code}
        columns={[
          { key: "reason", title: t.reason, show: (reason) => <span title={reason.code}>{reason.message}</span> },
          { key: "count", title: t.count, numeric: true, show: (reason) => f.count(reason.count) },
          {
            key: "show",
            title: "",
            show: (reason) => (
              <Button size="small" aria-expanded={open === reason.code} onClick={() => toggle(reason.code)}>
                {open === reason.code ? t.hide : t.examples}
              </Button>
            ),
          },
        ]}
      />
      {open && (
        <DataTable
          name={t.examples}
          rows={examples}
          keyOf={(one) => `${one.row} ${one.column}`}
          columns={[
            { key: "row", title: t.exampleRow, numeric: true, width: 100, show: (one) => f.count(one.row + 1) },
            { key: "column", title: t.exampleColumn, show: (one) => one.column || "–" },
            { key: "value", title: t.exampleValue, show: (one) => <span style={{ overflowWrap: "anywhere" }}>{one.value ?? "–"}</span> },
          ]}
        />
      )}
      <p className="quiet" style={{ margin: 0 }}>
        {t.asideLater}
      </p>
    </div>
  );
}
