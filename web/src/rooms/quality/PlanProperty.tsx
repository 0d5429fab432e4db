// One property of a planned event: its name, how it is written, and which values it may have.
import { DeleteOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Checkbox, InputNumber, Select } from "antd";
import { MultiSelect } from "@/ui/MultiSelect";
import { useWords } from "@/ui/words";
import { type Fault, NUMERIC, type PropertyDraft, TYPES } from "./plan-draft";
import { WORDS } from "./plan-words";

/** Ways of writing that people ask for, as regular expressions that match the whole text. */
const PATTERNS: Record<string, string> = {
  digits: "[0-9]+",
  letters: "[A-Za-z0-9]+",
  upper: "[A-Z0-9]+",
  url: "https?://.+",
  chinese: "\\p{Han}+",
  uuid: "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
};

/** Says whether what was written is part of a choice. */
export const finds = (typed: string, option?: { label?: string }): boolean => (option?.label ?? "").toLowerCase().includes(typed.toLowerCase());

interface Props {
  property: PropertyDraft;
  fault: Fault["what"] | undefined;
  names: { value: string; label: string }[];
  onChange: (change: (property: PropertyDraft) => PropertyDraft | undefined) => void;
}

export function PlanProperty({ property, fault, names, onChange }: Props) {
  const t = useWords(WORDS);
  const named = property.name || "?";
  const set = (part: Partial<PropertyDraft>) => onChange((now) => ({ ...now, ...part }));
  const types = [{ value: "", label: t.anyType }, ...TYPES.map((value) => ({ value, label: t.types[value] }))];
  const patterns = Object.entries(PATTERNS).map(([name, value]) => ({ value, label: `${t.patterns[name]} ${value}` }));
  return (
    <li aria-label={named}>
      <AutoComplete
        aria-label={`${t.propertyName}: ${named}`}
        placeholder={t.propertyName}
        value={property.name}
        options={names}
        status={fault ? "error" : undefined}
        showSearch={{ filterOption: finds }}
        popupMatchSelectWidth={false}
        onChange={(name: string) => set({ name })}
      />
      <Select aria-label={`${t.type}: ${named}`} value={property.value} options={types} popupMatchSelectWidth={false} onChange={(value) => set({ value: value as PropertyDraft["value"] })} />
      <Checkbox checked={property.required} aria-label={`${t.required}: ${named}`} onChange={(event) => set({ required: event.target.checked })}>
        {t.required}
      </Checkbox>
      <span className="plan-rules">
        {NUMERIC.has(property.value) ? (
          <>
            <InputNumber aria-label={`${t.min}: ${named}`} prefix={t.min} value={property.min} onChange={(min) => set({ min })} />
            <InputNumber aria-label={`${t.max}: ${named}`} prefix={t.max} value={property.max} onChange={(max) => set({ max })} />
          </>
        ) : (
          <>
            <MultiSelect<string[]>
              mode="tags"
              aria-label={`${t.choices}: ${named}`}
              placeholder={t.choicesHint}
              value={property.choices}
              open={false}
              suffixIcon={null}
              maxTagCount={4}
              onChange={(choices) => set({ choices })}
            />
            <AutoComplete
              aria-label={`${t.pattern}: ${named}`}
              placeholder={t.patternHint}
              value={property.pattern}
              options={patterns}
              popupMatchSelectWidth={false}
              onChange={(pattern: string) => set({ pattern })}
            />
            <InputNumber aria-label={`${t.length}: ${named}`} prefix={t.length} min={1} precision={0} value={property.max_length} onChange={(max_length) => set({ max_length })} />
          </>
        )}
      </span>
      <Button type="text" size="small" icon={<DeleteOutlined aria-hidden />} aria-label={t.removeProperty(named)} onClick={() => onChange(() => undefined)} />
      {fault && (
        <p className="plan-fault" role="alert">
          {t.faults[fault]}
        </p>
      )}
    </li>
  );
}
