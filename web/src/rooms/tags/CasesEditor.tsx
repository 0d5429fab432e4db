// Values, each with the conditions under which it is given; from the top, the first that holds wins.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import type { Problem } from "@/api/problems";
import { useCounting } from "@/rule-editor/counting";
import type { GroupDraft } from "@/rule-editor/draft";
import { RuleEditor } from "@/rule-editor/RuleEditor";
import { useWords } from "@/ui/words";
import { type Case, type HowDraft, newCase, shift } from "./draft";
import { WORDS } from "./editor-words";
import { WORDS as TAG_WORDS } from "./words";

type Cases = Extract<HowDraft, { kind: "rules" | "derived" }>;
type Change = (change: (now: Cases) => Cases) => void;

export function CasesEditor({ how, onChange, problem }: { how: Cases; onChange: Change; problem: Problem | null }) {
  const t = useWords(WORDS);
  const w = useWords(TAG_WORDS);
  const set = (cases: (now: Case[]) => Case[]) => onChange((now) => ({ ...now, cases: cases(now.cases) }));
  return (
    <section className="stack" aria-label={t.cases}>
      <p className="quiet" style={{ margin: 0 }}>
        {w.firstWins} {how.kind === "derived" && t.derivedHint}
      </p>
      {how.cases.map((one, at) => (
        <section className="case" key={one.id} aria-label={t.caseName(at + 1)}>
          <header>
            <strong className="num">{at + 1}</strong>
            <Input aria-label={`${t.caseValue} ${at + 1}`} placeholder={t.caseValue} value={one.value} maxLength={60} style={{ width: 170 }} onChange={(event) => set((now) => now.map((c) => (c.id === one.id ? { ...c, value: event.target.value } : c)))} />
            <Input aria-label={`${t.caseEn} ${at + 1}`} placeholder={t.caseEn} value={one.en} maxLength={60} style={{ width: 170 }} onChange={(event) => set((now) => now.map((c) => (c.id === one.id ? { ...c, en: event.target.value } : c)))} />
            <span className="tools">
              <Button type="text" size="small" icon={<ArrowUpOutlined />} aria-label={`${t.up}: ${one.value || String(at + 1)}`} disabled={at === 0} onClick={() => set((now) => shift(now, at, -1))} />
              <Button type="text" size="small" icon={<ArrowDownOutlined />} aria-label={`${t.down}: ${one.value || String(at + 1)}`} disabled={at === how.cases.length - 1} onClick={() => set((now) => shift(now, at, 1))} />
              <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={`${t.remove}: ${one.value || String(at + 1)}`} onClick={() => set((now) => now.filter((c) => c.id !== one.id))} />
            </span>
          </header>
          <CountedRule root={one.root} problem={problem?.where?.startsWith(`how.cases.${at}.`) ? problem : null} onChange={(next) => set((now) => now.map((c) => (c.id === one.id ? { ...c, root: next(c.root) } : c)))} />
        </section>
      ))}
      <Button type="dashed" icon={<PlusOutlined />} style={{ alignSelf: "start" }} onClick={() => set((now) => [...now, newCase()])}>
        {t.addCase}
      </Button>
    </section>
  );
}

interface CountedProps {
  root: GroupDraft;
  onChange: (next: (root: GroupDraft) => GroupDraft) => void;
  /** What the tag is refused for because of these conditions. */
  problem?: Problem | null;
}

/** Conditions with how many people satisfy each. */
export function CountedRule({ root, onChange, problem }: CountedProps) {
  const { notes, error } = useCounting(root);
  return (
    <>
      <RuleEditor root={root} onChange={onChange} notes={notes} />
      {/* What counting complains of stands beside its condition already. */}
      {problem && !error && (
        <div className="rule-problem" role="alert">
          {problem.message} {problem.remedy}
        </div>
      )}
    </>
  );
}
