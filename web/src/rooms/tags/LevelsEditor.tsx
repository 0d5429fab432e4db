// Named ranges of a number: each level with its bounds, and what they leave out or hold twice.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, InputNumber, Segmented } from "antd";
import { MeasureAlone } from "@/rule-editor/MeasureInput";
import { useWordsOfRules } from "@/rule-editor/vocabulary";
import { useFormats } from "@/ui/numbers";
import { useWords } from "@/ui/words";
import { type HowDraft, judge, type Level, newLevel, type Remark, shift } from "./draft";
import { WORDS } from "./editor-words";
import { FieldPicker } from "./FieldPicker";

type Levels = Extract<HowDraft, { kind: "levels" }>;
type Change = (change: (now: Levels) => Levels) => void;

const CUT = new Set<string>(["number", "money", "date", "moment"]);

export function LevelsEditor({ how, onChange }: { how: Levels; onChange: Change }) {
  const t = useWords(WORDS);
  return (
    <div className="stack">
      <section aria-label={t.of}>
        <h3 className="part-head">{t.of}</h3>
        <Subject how={how} onChange={onChange} />
      </section>
      <section aria-label={t.levels}>
        <h3 className="part-head">{t.levels}</h3>
        <Rows how={how} onChange={onChange} />
        <Remarks levels={how.levels} />
      </section>
    </div>
  );
}

function Subject({ how, onChange }: { how: Levels; onChange: Change }) {
  const t = useWords(WORDS);
  const v = useWordsOfRules();
  const named = typeof how.of === "string";
  const set = (of: Levels["of"]) => onChange((now) => ({ ...now, of }));
  return (
    <div className="stack" style={{ gap: 8, alignItems: "start" }}>
      <Segmented
        aria-label={t.of}
        value={named ? "field" : "measure"}
        options={[
          { value: "measure", label: t.ofMeasure },
          { value: "field", label: t.ofField },
        ]}
        onChange={(next) => set(next === "field" ? "" : { fn: "count", event: v.events[0]?.name ?? "", prop: null, window: { node: "ever" } })}
      />
      {typeof how.of === "string" ? <FieldPicker value={how.of} onChange={set} fits={(field) => CUT.has(field.kind)} /> : <MeasureAlone measure={how.of} onChange={set} />}
    </div>
  );
}

function Rows({ how, onChange }: { how: Levels; onChange: Change }) {
  const t = useWords(WORDS);
  const set = (id: string, part: Partial<Level>) => onChange((now) => ({ ...now, levels: now.levels.map((one) => (one.id === id ? { ...one, ...part } : one)) }));
  const move = (at: number, step: -1 | 1) => onChange((now) => ({ ...now, levels: shift(now.levels, at, step) }));
  const drop = (id: string) => onChange((now) => ({ ...now, levels: now.levels.filter((one) => one.id !== id) }));
  // The next level goes on where the last one ends.
  const add = () => onChange((now) => ({ ...now, levels: [...now.levels, { ...newLevel(), least: now.levels.at(-1)?.below ?? null }] }));
  return (
    <>
      <div className="level level-heads quiet" aria-hidden>
        <span>{t.levelValue}</span>
        <span>{t.levelEn}</span>
        <span>{t.from}</span>
        <span>{t.to}</span>
      </div>
      <ol className="level-list">
        {how.levels.map((one, at) => {
          const named = one.value || String(at + 1);
          return (
            <li key={one.id} className="level">
              <Input aria-label={`${t.levelValue} ${at + 1}`} placeholder={t.levelValue} value={one.value} maxLength={60} onChange={(event) => set(one.id, { value: event.target.value })} />
              <Input aria-label={`${t.levelEn} ${at + 1}`} placeholder={t.levelEn} value={one.en} maxLength={60} onChange={(event) => set(one.id, { en: event.target.value })} />
              <InputNumber aria-label={`${t.from} ${at + 1}`} placeholder={t.noLimit} value={one.least} onChange={(least) => set(one.id, { least })} />
              <InputNumber aria-label={`${t.to} ${at + 1}`} placeholder={t.noLimit} value={one.below} onChange={(below) => set(one.id, { below })} />
              <span className="tools">
                <Button type="text" size="small" icon={<ArrowUpOutlined />} aria-label={`${t.up}: ${named}`} disabled={at === 0} onClick={() => move(at, -1)} />
                <Button type="text" size="small" icon={<ArrowDownOutlined />} aria-label={`${t.down}: ${named}`} disabled={at === how.levels.length - 1} onClick={() => move(at, 1)} />
                <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={`${t.remove}: ${named}`} onClick={() => drop(one.id)} />
              </span>
            </li>
          );
        })}
      </ol>
      <Button type="dashed" icon={<PlusOutlined />} onClick={add}>
        {t.addLevel}
      </Button>
    </>
  );
}

function Remarks({ levels }: { levels: readonly Level[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const say = (remark: Remark): string => {
    switch (remark.what) {
      case "gap":
        return t.gap(f.amount(remark.from), f.amount(remark.to));
      case "overlap":
        return t.overlap(remark.one, remark.other);
      case "openBelow":
      case "openAbove":
        return t[remark.what](f.amount(remark.at));
      default:
        return t[remark.what](remark.one);
    }
  };
  const remarks = judge(levels);
  if (remarks.length === 0) return null;
  return (
    <ul className="remarks" aria-live="polite">
      {remarks.map((one) => (
        <li key={say(one)}>{say(one)}</li>
      ))}
    </ul>
  );
}
