// Choosing one field, score or tag, found by name, pinyin or English.
import { WORDS as RULE_WORDS } from "@/rule-editor/words";
import { type FieldWord, fieldOf, useWordsOfRules } from "@/rule-editor/vocabulary";
import { Combo } from "@/ui/Combo";
import { labelOf, useLang, useWords } from "@/ui/words";
import { WORDS } from "./editor-words";

export function FieldPicker({ value, onChange, fits }: { value: string; onChange: (name: string) => void; fits: (field: FieldWord) => boolean }) {
  const t = useWords(WORDS);
  const r = useWords(RULE_WORDS);
  const lang = useLang();
  const v = useWordsOfRules();
  const options = v.fields.filter(fits).map((field) => ({
    key: field.name,
    label: labelOf(field, lang),
    also: [field.name, field.zh, field.en],
    group: field.group === "tag" ? (r.families[field.family ?? ""] ?? r.groups.tag) : r.groups[field.group],
    note: r.kinds[field.kind],
    disabled: field.hidden,
  }));
  const gone = value !== "" && !fieldOf(v, value);
  return (
    <Combo options={gone ? [{ key: value, label: value }, ...options] : options} chosen={value} name={t.pickField} placeholder={t.pickHint} nothing={t.nothingFound} onChoose={onChange} />
  );
}
