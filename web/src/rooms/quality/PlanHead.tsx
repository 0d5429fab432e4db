// What a plan is called, which sources it covers, and since when it judges.
import { Form, Input } from "antd";
import { useQuery } from "@tanstack/react-query";
import { IDENTIFIER } from "@/ui/identifier";
import { MultiSelect } from "@/ui/MultiSelect";
import { useLang, useWords } from "@/ui/words";
import { sourcesQuery } from "./asking";
import type { PlanDraft } from "./plan-draft";
import { WORDS } from "./plan-words";

interface Props {
  draft: PlanDraft;
  /** The identifier that a new plan gets unless another is written; none for one that is saved. */
  named: string | undefined;
  onChange: (part: Partial<PlanDraft>) => void;
}

export function PlanHead({ draft, named, onChange }: Props) {
  const t = useWords(WORDS);
  const lang = useLang();
  const sources = useQuery(sourcesQuery).data ?? [];
  const order = lang === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const);
  const odd = draft.name !== "" && !IDENTIFIER.test(draft.name);
  return (
    <Form layout="vertical" component="div" className="plan-head grid" style={{ "--least": "220px" } as React.CSSProperties}>
      {order.map((one) => (
        <Form.Item key={one} label={t[one]} htmlFor={`plan-${one}`}>
          <Input id={`plan-${one}`} value={draft[one]} maxLength={60} onChange={(event) => onChange({ [one]: event.target.value })} />
        </Form.Item>
      ))}
      {named !== undefined && (
        <Form.Item label={t.name} htmlFor="plan-name" extra={t.nameHint} validateStatus={odd ? "error" : undefined} help={odd ? t.badName : undefined}>
          <Input id="plan-name" value={draft.name} maxLength={63} placeholder={named} onChange={(event) => onChange({ name: event.target.value })} />
        </Form.Item>
      )}
      <Form.Item label={t.sources} htmlFor="plan-sources" extra={t.sourcesHint}>
        <MultiSelect<string[]>
          id="plan-sources"
          mode="tags"
          aria-label={t.sources}
          value={draft.sources}
          placeholder={t.sourcesAll}
          options={sources.map(({ name }) => ({ value: name, label: name }))}
          onChange={(chosen) => onChange({ sources: chosen })}
        />
      </Form.Item>
      <Form.Item label={t.since} htmlFor="plan-since" extra={t.sinceHint}>
        <Input id="plan-since" type="date" value={draft.since} onChange={(event) => onChange({ since: event.target.value })} />
      </Form.Item>
    </Form>
  );
}
