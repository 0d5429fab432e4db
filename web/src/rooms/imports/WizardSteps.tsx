// Where the wizard is; steps that are behind can be gone back to.
import { CheckOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useWords } from "@/ui/words";
import { type Step, STEPS } from "./wizard";
import { WORDS } from "./wizard-words";

export function WizardSteps({ at, onGo }: { at: Step; onGo: ((step: Step) => void) | undefined }) {
  const t = useWords(WORDS);
  const here = STEPS.indexOf(at);
  return (
    <nav aria-label={t.stepsName}>
      <ol className="wizard-steps">
        {STEPS.map((step, i) => (
          <li key={step} className={i === here ? "is-here" : i < here ? "is-behind" : ""}>
            <button type="button" disabled={i >= here || !onGo} aria-current={i === here ? "step" : undefined} onClick={() => onGo?.(step)}>
              <b>{i < here ? <CheckOutlined aria-hidden /> : i + 1}</b>
              <span>{t.steps[step]}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The buttons below a step: back, and on. */
export function Foot({ onBack, children }: { onBack?: () => void; children?: ReactNode }) {
  const t = useWords(WORDS);
  return (
    <div className="wizard-foot">
      {onBack ? <Button onClick={onBack}>{t.back}</Button> : <span />}
      <div className="row">{children}</div>
    </div>
  );
}
