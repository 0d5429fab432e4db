// One condition: what is asked, how it is compared, and with what.
import { InfoCircleOutlined } from "@ant-design/icons";
import { Input, InputNumber, Tooltip } from "antd";
import { useWords } from "@/ui/words";
import { MeasureInput } from "./MeasureInput";
import { OperatorInput } from "./Operator";
import { ConditionPicker, keyOf } from "./picking";
import { type Bucket, carry, type Compare, type Kind, type Leaf, NEGATIVE } from "./rule";
import { ValueInput } from "./ValueInput";
import { fieldOf, useWordsOfRules } from "./vocabulary";
import { WORDS } from "./words";

interface Props<L> {
  leaf: L;
  onChange: (leaf: Leaf) => void;
}

export function LeafInput({ leaf, onChange }: Props<Leaf>) {
  return (
    <>
      <ConditionPicker chosen={keyOf(leaf)} onChoose={onChange} />
      {leaf.node === "compare" && <CompareInput leaf={leaf} onChange={onChange} />}
      {leaf.node === "measured" && <MeasureInput leaf={leaf} onChange={onChange} />}
      {leaf.node === "bucket" && <BucketInput leaf={leaf} onChange={onChange} />}
    </>
  );
}

function CompareInput({ leaf, onChange }: Props<Compare>) {
  const t = useWords(WORDS);
  const field = fieldOf(useWordsOfRules(), leaf.field);
  const kind = (field?.kind ?? "text") as Kind;
  return (
    <>
      <OperatorInput kind={kind} op={leaf.op} onChange={(op) => onChange({ ...leaf, op, value: carry(leaf.op, op, leaf.value) })} />
      <ValueInput kind={kind} op={leaf.op} value={leaf.value} onChange={(value) => onChange({ ...leaf, value })} known={field?.values} unit={field?.unit} name={t.value} />
      {NEGATIVE.has(leaf.op) && (
        <Tooltip title={t.unknownIn}>
          <InfoCircleOutlined tabIndex={0} aria-label={t.unknownIn} className="quiet" />
        </Tooltip>
      )}
    </>
  );
}

function BucketInput({ leaf, onChange }: Props<Bucket>) {
  const t = useWords(WORDS);
  return (
    <>
      <Tooltip title={t.seedHint}>
        <Input aria-label={t.seed} prefix={<span className="quiet">{t.seed}</span>} value={leaf.seed} onChange={(event) => onChange({ ...leaf, seed: event.target.value })} style={{ width: 170 }} />
      </Tooltip>
      <InputNumber aria-label={`${t.from} ${t.percent}`} min={0} max={leaf.end} value={leaf.start} onChange={(start) => start !== null && onChange({ ...leaf, start })} style={{ width: 80 }} />
      {t.to}
      <InputNumber aria-label={`${t.to} ${t.percent}`} min={leaf.start} max={100} value={leaf.end} onChange={(end) => end !== null && onChange({ ...leaf, end })} style={{ width: 80 }} />
      {t.percent}
    </>
  );
}
