// A trial of a plan on what came lately: how much of it would be touched, by event and reason, with examples.
import { ExperimentOutlined } from "@ant-design/icons";
import { Alert, Button, Segmented, Tag } from "antd";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useWords } from "@/ui/words";
import { type Plan, type Trial, tryPlan } from "./asking";
import { countByAction } from "./plan-draft";
import { WORDS } from "./plan-words";

const DAYS = [1, 7, 30];
const COLOURS: Record<string, string> = { allow: "default", drop: "processing", set_aside: "warning", refuse: "error" };

export function PlanTrial({ plan, blocked }: { plan: Plan; blocked: boolean }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const [days, setDays] = useState(7);
  const [state, setState] = useState<{ busy: boolean; problem?: Problem; of?: string; days?: number; trial?: Trial }>({ busy: false });
  const said = JSON.stringify(plan);
  const run = async () => {
    setState({ busy: true });
    try {
      setState({ busy: false, of: said, days, trial: await tryPlan(plan, days) });
    } catch (error) {
      setState({ busy: false, problem: asProblem(error) });
    }
  };
  return (
    <Panel title={t.trial}>
      <div className="stack">
        <p className="quiet" style={{ margin: 0 }}>
          {t.trialLead}
        </p>
        <Segmented<number> aria-label={t.days} value={days} options={DAYS.map((value) => ({ value, label: t.lastDays(f.count(value)) }))} onChange={setDays} block />
        <Button icon={<ExperimentOutlined aria-hidden />} disabled={blocked} loading={state.busy} onClick={() => void run()}>
          {t.try}
        </Button>
        {state.busy && (
          <p className="quiet" role="status">
            {t.trying}
          </p>
        )}
        {state.problem && <Alert type="error" showIcon role="alert" title={state.problem.message} description={[state.problem.remedy, state.problem.where].filter(Boolean).join(" · ")} />}
        {state.trial && state.of !== said && <Alert type="info" title={t.stale} />}
        {state.trial && <Outcome of={state.trial} days={state.days ?? days} />}
      </div>
    </Panel>
  );
}

function Outcome({ of, days }: { of: Trial; days: number }) {
  const t = useWords(WORDS);
  const f = useFormats();
  if (of.looked === 0) {
    return (
      <p className="quiet" role="status">
        {t.nothing(f.count(days))}
      </p>
    );
  }
  return (
    <div className="stack" role="status">
      <Alert type={of.touched ? "warning" : "success"} showIcon title={t.result(f.count(of.looked), f.count(of.touched))} description={of.whole ? undefined : t.part} />
      <span className="row">
        {countByAction(of.broken).map(([action, rows]) => (
          <Tag key={action} color={COLOURS[action]}>
            {t.actions[action]} {f.count(rows)}
          </Tag>
        ))}
      </span>
      <ul className="plan-broken">
        {of.broken.map((one) => (
          <li key={[one.source, one.event, one.property, one.code].join(" ")}>
            <span className="row" style={{ justifyContent: "space-between" }}>
              <strong>{[one.event, one.property].filter(Boolean).join(" · ")}</strong>
              <span className="num">{f.count(one.rows)}</span>
            </span>
            <span className="row">
              <Tag color={COLOURS[one.action]}>{t.actions[one.action]}</Tag>
              <span title={one.code}>{one.message}</span>
            </span>
            <small className="quiet">{[one.source, ...one.examples].join(" · ")}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
