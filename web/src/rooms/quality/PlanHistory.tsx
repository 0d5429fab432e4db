// Every version of a plan, held against what is being edited, and the way back to one.
import { App, Button, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "@/ui/Dialog";
import { JsonDifference } from "@/ui/JsonDifference";
import { useFormats } from "@/ui/numbers";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type Plan, type PlanVersion, planVersionsQuery } from "./asking";
import { fromPlan, toPlan } from "./plan-draft";
import { WORDS } from "./plan-words";

interface Props {
  name: string;
  /** What is being edited. */
  now: Plan;
  onTake: (plan: Plan) => void;
  onClose: () => void;
}

export function PlanHistory({ name, now, onTake, onClose }: Props) {
  const t = useWords(WORDS);
  const found = useQuery(planVersionsQuery(name));
  return (
    <Dialog title={t.history} onClose={onClose} width={760}>
      <Await of={found}>{(all) => <Versions all={all} now={now} onTake={onTake} onClose={onClose} />}</Await>
    </Dialog>
  );
}

function Versions({ all, now, onTake, onClose }: Omit<Props, "name"> & { all: readonly PlanVersion[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const may = useMay("define");
  const { message } = App.useApp();
  const [chosen, setChosen] = useState((all[1] ?? all[0])?.version);
  const one = all.find(({ version }) => version === chosen);
  if (!one) return <p className="quiet">{t.historyOnly}</p>;
  const then = toPlan(fromPlan(one.body as unknown as Plan));
  const same = JSON.stringify(then) === JSON.stringify(now);
  const options = all.map(({ version, author, at }, place) => ({ value: version, label: t.versionName(String(version), author, f.moment(at)) + (place === 0 ? ` · ${t.current}` : "") }));
  const take = () => {
    onTake(then);
    void message.success(t.takenBack);
    onClose();
  };
  return (
    <div className="stack">
      <Select aria-label={t.compareWith} value={one.version} options={options} onChange={setChosen} />
      {same ? <p className="quiet">{t.same}</p> : <JsonDifference name={t.changes} before={then} after={now} />}
      {!same && <p className="quiet">{t.changes}</p>}
      {may && (
        <Button disabled={same} style={{ alignSelf: "start" }} onClick={take}>
          {t.takeBack}
        </Button>
      )}
    </div>
  );
}
