// How a value is compared.
import { Select } from "antd";
import { useWords } from "@/ui/words";
import type { Kind, Op } from "./rule";
import { opsOf, useWordsOfRules } from "./vocabulary";
import { WORDS } from "./words";

export function OperatorInput({ kind, op, onChange }: { kind: Kind; op: Op; onChange: (op: Op) => void }) {
  const t = useWords(WORDS);
  const v = useWordsOfRules();
  const options = opsOf(v, kind).map((one) => ({ value: one, label: t.ops[one] }));
  return <Select aria-label={t.operator} value={op} options={options} onChange={onChange} popupMatchSelectWidth={false} />;
}
