// The steps of setting up; each ticks itself, and leads to where it is done.
import { CheckCircleFilled, MinusCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Link } from "@tanstack/react-router";
import { useJobActions } from "@/jobs/acting";
import { Panel } from "@/ui/PageShell";
import { type Scope, useWearer } from "@/ui/rights";
import { useWords } from "@/ui/words";
import type { AtAGlance } from "./asking";
import { WORDS } from "./words";

type Step = AtAGlance["checklist"][number]["step"];

const PLACES = { data: "/imports/new", portrait: "/customers", tag: "/tags/new", audience: "/audiences/new" } as const;
const NEEDS: Partial<Record<Step, Scope>> = { data: "import", refresh: "refresh", tag: "define", audience: "define" };

export function Checklist({ one }: { one: AtAGlance }) {
  const t = useWords(WORDS);
  const { scopes } = useWearer();
  const done = one.checklist.filter((each) => each.done).length;
  if (done === one.checklist.length) return null;
  return (
    <Panel title={t.checklist} extra={<span className="quiet">{t.checklistDone(done, one.checklist.length)}</span>}>
      <ul className="checklist">
        {one.checklist.map((each) => {
          const needs = NEEDS[each.step];
          const ready = each.step !== "refresh" || one.records > 0;
          return (
            <li key={each.step} className={each.done ? "is-done" : ""}>
              {each.done ? <CheckCircleFilled aria-label={t.done} /> : <MinusCircleOutlined aria-label={t.toDo} />}
              {ready && (!needs || scopes.includes(needs)) ? <Way step={each.step} /> : <span>{t.steps[each.step]}</span>}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** The way to a step: a page, or at once where it is only to be asked for. */
function Way({ step }: { step: Step }) {
  const t = useWords(WORDS);
  const { refresh } = useJobActions();
  if (step === "owner") return <span>{t.steps.owner}</span>;
  if (step === "refresh") {
    return (
      <Button type="link" style={{ padding: 0 }} onClick={() => void refresh()}>
        {t.steps.refresh}
      </Button>
    );
  }
  return <Link to={PLACES[step]}>{t.steps[step]}</Link>;
}
