// What becomes of what breaks a plan, and what that means for whoever sends it.
import { Select } from "antd";
import { useWords } from "@/ui/words";
import type { Action } from "./asking";
import { ACTIONS, actionsFor, type PlanDraft, WRONGS } from "./plan-draft";
import { WORDS } from "./plan-words";

const UNKNOWN = ["unknown_event", "unknown_property"] as const;

export function PlanActions({ draft, onChange }: { draft: PlanDraft; onChange: (part: Partial<PlanDraft>) => void }) {
  const t = useWords(WORDS);
  const rows = [
    ...WRONGS.map((wrong) => ({
      key: wrong,
      action: draft.actions[wrong],
      actions: actionsFor(wrong),
      says: t.says,
      choose: (action: Action) => onChange({ actions: { ...draft.actions, [wrong]: action } }),
    })),
    ...UNKNOWN.map((key) => ({ key, action: draft[key], actions: ACTIONS, says: t.saysUnknown, choose: (action: Action) => onChange({ [key]: action }) })),
  ];
  return (
    <>
      <p className="quiet">{t.violationsLead}</p>
      <ul className="plan-actions">
        {rows.map(({ key, action, actions, says, choose }) => (
          <li key={key}>
            <span>{t.wrongs[key]}</span>
            <Select aria-label={t.wrongs[key]} value={action} options={actions.map((one) => ({ value: one, label: t.actions[one] }))} onChange={choose} />
            <span className="quiet">{says[action]}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
