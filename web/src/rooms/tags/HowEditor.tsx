// How a tag is known, as it is edited: each kind in its own way.
import { Form, InputNumber, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { Problem } from "@/api/problems";
import { MeasureAlone } from "@/rule-editor/MeasureInput";
import { labelOf, useLang, useWords } from "@/ui/words";
import { listsQuery } from "./asking";
import { CasesEditor, CountedRule } from "./CasesEditor";
import type { HowDraft } from "./draft";
import { WORDS } from "./editor-words";
import { FieldPicker } from "./FieldPicker";
import { LevelsEditor } from "./LevelsEditor";

interface Props {
  how: HowDraft;
  onChange: (change: (now: HowDraft) => HowDraft) => void;
  problem: Problem | null;
}

export function HowEditor({ how, onChange, problem }: Props) {
  const t = useWords(WORDS);
  switch (how.kind) {
    case "attribute":
      return <FieldPicker value={how.field} onChange={(field) => onChange(() => ({ kind: "attribute", field }))} fits={(field) => field.group !== "tag"} />;
    case "measure":
      return <MeasureAlone measure={how.measure} onChange={(measure) => onChange(() => ({ kind: "measure", measure }))} />;
    case "levels":
      return <LevelsEditor how={how} onChange={(change) => onChange((now) => (now.kind === "levels" ? change(now) : now))} />;
    case "rule":
      return <CountedRule root={how.root} onChange={(next) => onChange((now) => (now.kind === "rule" ? { ...now, root: next(now.root) } : now))} />;
    case "rules":
    case "derived":
      return <CasesEditor how={how} problem={problem} onChange={(change) => onChange((now) => (now.kind === "rules" || now.kind === "derived" ? change(now) : now))} />;
    case "preference":
      return <PreferenceEditor how={how} onChange={(next) => onChange(() => next)} />;
    case "manual":
      return (
        <Form.Item label={t.allowed} extra={t.allowedHint} layout="vertical" htmlFor="tag-values">
          <Select id="tag-values" mode="tags" open={false} suffixIcon={null} value={how.values} onChange={(values) => onChange(() => ({ kind: "manual", values }))} tokenSeparators={[",", ",", "、"]} style={{ width: "100%" }} />
        </Form.Item>
      );
    case "list":
      return <ListPicker list={how.list} onChange={(list) => onChange(() => ({ kind: "list", list }))} />;
  }
}

type Preference = Extract<HowDraft, { kind: "preference" }>;

function PreferenceEditor({ how, onChange }: { how: Preference; onChange: (how: Preference) => void }) {
  const t = useWords(WORDS);
  return (
    <div className="stack">
      <MeasureAlone only={["top"]} measure={how.measure} onChange={(measure) => onChange({ ...how, measure })} />
      <div className="row" style={{ alignItems: "start", gap: 24 }}>
        <Form.Item label={t.share} extra={t.shareHint} layout="vertical" htmlFor="tag-share">
          <InputNumber id="tag-share" min={0} max={100} step={5} suffix="%" value={Math.round(how.least_share * 100)} onChange={(share) => onChange({ ...how, least_share: (share ?? 0) / 100 })} />
        </Form.Item>
        <Form.Item label={t.count} extra={t.countHint} layout="vertical" htmlFor="tag-count">
          <InputNumber id="tag-count" min={1} precision={0} value={how.least_count} onChange={(count) => onChange({ ...how, least_count: count ?? 1 })} />
        </Form.Item>
      </div>
    </div>
  );
}

function ListPicker({ list, onChange }: { list: string; onChange: (list: string) => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const lists = useQuery(listsQuery);
  const options = lists.data?.map((one) => ({ value: one.name, label: labelOf(one, lang) })) ?? [];
  return <Select aria-label={t.pickList} placeholder={t.pickList} notFoundContent={t.noLists} loading={lists.isPending} value={list || undefined} options={options} onChange={onChange} style={{ minWidth: 240 }} />;
}
