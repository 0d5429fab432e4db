// The same rule three ways: as conditions, as text, as JSON. What is written applies when it reads well.
import { Alert, Button, Input, Segmented } from "antd";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, got } from "@/api/client";
import { asProblem } from "@/api/problems";
import { useWords } from "@/ui/words";
import type { Rule } from "./rule";
import { WORDS } from "./words";

export type View = "builder" | "text" | "json";

export function ViewSwitch({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  const t = useWords(WORDS);
  const options = (["builder", "text", "json"] as const).map((value) => ({ value, label: t[value] }));
  return <Segmented value={view} options={options} onChange={onChange} />;
}

/** The rule as it is written; applied, it becomes conditions again. */
export function Written({ as, said, onApply }: { as: "text" | "json"; said: string; onApply: (rule: Rule) => void }) {
  const t = useWords(WORDS);
  const [text, setText] = useState(said);
  const read = useMutation({
    mutationFn: () => got(api.POST("/v1/rule", { body: { rule: as === "json" ? (JSON.parse(text) as never) : text } })),
    onSuccess: (answer) => onApply(answer.rule as Rule),
  });
  return (
    <div className="stack" style={{ gap: 8 }}>
      <Input.TextArea className="rule-text" aria-label={t[as]} value={text} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 6, maxRows: 24 }} spellCheck={false} />
      {read.error && <Fault error={read.error} text={text} />}
      <div className="row">
        <Button type="primary" loading={read.isPending} onClick={() => read.mutate()} disabled={!text.trim()}>
          {t.apply}
        </Button>
        <span className="quiet">{as === "text" ? t.textHint : t.jsonHint}</span>
      </div>
    </div>
  );
}

/** What is wrong, and the place in the text it is about. */
function Fault({ error, text }: { error: unknown; text: string }): ReactNode {
  const problem = asProblem(error);
  const span = /^(\d+)-(\d+)$/.exec(problem.where ?? "");
  const [begin, end] = span ? [Number(span[1]), Number(span[2])] : [0, 0];
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={problem.message}
      description={
        <>
          {problem.remedy}
          {span && (
            <div className="code">
              {text.slice(Math.max(0, begin - 20), begin)}
              <mark>{text.slice(begin, end) || "␣"}</mark>
              {text.slice(end, end + 20)}
            </div>
          )}
        </>
      }
    />
  );
}
