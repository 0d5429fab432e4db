// A measure against a value: what was done, when, where, how much. Also the measure alone, for tags.
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { labelOf, useLang, useWords } from "@/ui/words";
import { OperatorInput } from "./Operator";
import { carry, type Compare, type Fn, isPlainWhere, type Kind, type Leaf, type Measure, type Measured, type Op, wheresOf, withWheres } from "./rule";
import { ValueInput } from "./ValueInput";
import { type EventWord, eventOf, KINDS_OF_FN, needsProperty, opsOf, propertiesOf, propertyOf, resultOf, useWordsOfRules } from "./vocabulary";
import { WindowInput } from "./WindowInput";
import { WORDS } from "./words";

/** "Did" and "did not" are counts of at least one, and of none. */
const DID: Pick<Measured, "op" | "value"> = { op: "ge", value: 1 };
const DID_NOT: Pick<Measured, "op" | "value"> = { op: "eq", value: 0 };

const plain = (leaf: Measured, of: Pick<Measured, "op" | "value">): boolean => leaf.measure.fn === "count" && leaf.op === of.op && leaf.value === of.value;

export function MeasureInput({ leaf, onChange }: { leaf: Measured; onChange: (leaf: Leaf) => void }) {
  const t = useWords(WORDS);
  const v = useWordsOfRules();
  const event = eventOf(v, leaf.measure.event);
  const how = plain(leaf, DID) ? "did" : plain(leaf, DID_NOT) ? "didNot" : "measure";
  const setHow = (next: string) => {
    const count: Measure = { ...leaf.measure, fn: "count", prop: null, by: null };
    if (next === "did") onChange({ ...leaf, measure: count, ...DID });
    else if (next === "didNot") onChange({ ...leaf, measure: count, ...DID_NOT });
    else onChange(ofMeasure(leaf, { ...count, fn: next as Fn }, event));
  };
  const setMeasure = (measure: Measure) => onChange(ofMeasure(leaf, measure, event));
  const kind = resultOf(leaf.measure.fn, propertyOf(event, leaf.measure.prop)?.kind as Kind | undefined);
  return (
    <>
      <FunctionInput value={how === "measure" ? leaf.measure.fn : how} event={event} onChange={setHow} withDid />
      <MeasureParts measure={leaf.measure} onChange={setMeasure} />
      {how === "measure" && (
        <span className="row">
          <OperatorInput kind={kind} op={leaf.op} onChange={(op) => onChange({ ...leaf, op, value: carry(leaf.op, op, leaf.value) })} />
          <ValueInput kind={kind} op={leaf.op} value={leaf.value} onChange={(value) => onChange({ ...leaf, value })} name={t.value} known={kind === "text" ? propertyOf(event, leaf.measure.prop)?.values : null} />
        </span>
      )}
    </>
  );
}

/** Returns the condition with another measure; a comparison that no longer fits its kind begins anew. */
function ofMeasure(leaf: Measured, measure: Measure, event: EventWord | undefined): Measured {
  const kindOf = (m: Measure) => resultOf(m.fn, propertyOf(event, m.prop)?.kind as Kind | undefined);
  const filled = needsProperty(measure.fn) && !measure.prop ? { ...measure, prop: fits(event, measure.fn)[0]?.name ?? null } : measure;
  if (kindOf(filled) === kindOf(leaf.measure) && !plain(leaf, DID_NOT)) return { ...leaf, measure: filled };
  const fresh: Record<Kind, [Op, Measured["value"]]> = {
    number: ["ge", 1], money: ["ge", 100], text: ["in", []], texts: ["has_any", []], yesno: ["eq", true], date: ["in_last", 30], moment: ["in_last", 30],
  };
  const [op, value] = fresh[kindOf(filled)];
  return { ...leaf, measure: filled, op, value };
}

const fits = (event: EventWord | undefined, fn: Fn) => propertiesOf(event).filter((one) => KINDS_OF_FN[fn].includes(one.kind as Kind));

function FunctionInput({ value, event, onChange, withDid = false }: { value: string; event: EventWord | undefined; onChange: (fn: string) => void; withDid?: boolean }) {
  const t = useWords(WORDS);
  const fns = (Object.keys(KINDS_OF_FN) as Fn[]).filter((fn) => !needsProperty(fn) || fits(event, fn).length > 0);
  const did = withDid ? [{ value: "did", label: t.did }, { value: "didNot", label: t.didNot }] : [];
  const options = [...did, ...fns.map((fn) => ({ value: fn as string, label: t.fns[fn] }))];
  return <Select aria-label={t.fns.count} value={value} options={options} onChange={onChange} popupMatchSelectWidth={false} />;
}

/** A measure alone: its event, function, property, window and restrictions. */
export function MeasureAlone({ measure, onChange, only }: { measure: Measure; onChange: (measure: Measure) => void; only?: readonly Fn[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const v = useWordsOfRules();
  const event = eventOf(v, measure.event);
  const setFn = (fn: string) => {
    const [first] = fits(event, fn as Fn);
    const keep = fits(event, fn as Fn).some((one) => one.name === measure.prop);
    onChange({ ...measure, fn: fn as Fn, prop: keep ? measure.prop : needsProperty(fn as Fn) ? (first?.name ?? null) : null, by: null });
  };
  return (
    <span className="row">
      <Select
        aria-label={t.event}
        value={measure.event}
        options={v.events.map((one) => ({ value: one.name, label: labelOf(one, lang) }))}
        onChange={(name) => onChange({ fn: only?.[0] ?? "count", event: name, prop: null, window: measure.window })}
        popupMatchSelectWidth={false}
      />
      {only?.length === 1 ? null : <FunctionInput value={measure.fn} event={event} onChange={setFn} />}
      <MeasureParts measure={measure} onChange={onChange} />
    </span>
  );
}

function MeasureParts({ measure, onChange }: { measure: Measure; onChange: (measure: Measure) => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const event = eventOf(useWordsOfRules(), measure.event);
  const properties = fits(event, measure.fn).map((one) => ({ value: one.name, label: labelOf(one, lang) }));
  const amounts = propertiesOf(event).filter((one) => one.kind === "number" || one.kind === "money");
  const ranked = measure.fn === "top" || measure.fn === "top_share";
  return (
    <>
      {properties.length > 0 && (
        <Select
          aria-label={t.prop}
          value={measure.prop ?? undefined}
          placeholder={t.prop}
          allowClear={!needsProperty(measure.fn)}
          options={properties}
          onChange={(prop: string | undefined) => onChange({ ...measure, prop: prop ?? null })}
          popupMatchSelectWidth={false}
        />
      )}
      {ranked && amounts.length > 0 && (
        <Select
          aria-label={t.by}
          value={measure.by ?? ""}
          options={[{ value: "", label: t.byNone }, ...amounts.map((one) => ({ value: one.name, label: `${t.by} ${labelOf(one, lang)}` }))]}
          onChange={(by) => onChange({ ...measure, by: by || null })}
          popupMatchSelectWidth={false}
        />
      )}
      <WindowInput value={measure.window ?? { node: "ever" }} onChange={(window) => onChange({ ...measure, window })} />
      <Wheres measure={measure} onChange={onChange} event={event} />
    </>
  );
}

function Wheres({ measure, onChange, event }: { measure: Measure; onChange: (measure: Measure) => void; event: EventWord | undefined }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const v = useWordsOfRules();
  if (!isPlainWhere(measure)) return <span className="quiet">{t.hardWhere}</span>;
  const wheres = wheresOf(measure);
  const set = (at: number, one: Compare | null) => onChange(withWheres(measure, wheres.flatMap((old, i) => (i === at ? (one ? [one] : []) : [old]))));
  const options = propertiesOf(event).map((one) => ({ value: one.name, label: labelOf(one, lang) }));
  const begin = (name: string): Compare => {
    const kind = (propertyOf(event, name)?.kind ?? "text") as Kind;
    const op = kind === "text" ? "in" : kind === "texts" ? "has_any" : kind === "yesno" ? "eq" : (opsOf(v, kind).find((one) => one === "ge" || one === "in_last") ?? "eq");
    return { node: "compare", field: name, op, value: kind === "yesno" ? true : op === "in" || op === "has_any" ? [] : null };
  };
  return (
    <>
      {wheres.map((one, at) => {
        const prop = propertyOf(event, one.field);
        const kind = (prop?.kind ?? "text") as Kind;
        return (
          <span className="row where" key={at}>
            <span className="quiet">{t.where}</span>
            <Select aria-label={t.prop} value={one.field} options={options} onChange={(name) => set(at, begin(name))} popupMatchSelectWidth={false} />
            <OperatorInput kind={kind} op={one.op} onChange={(op) => set(at, { ...one, op, value: carry(one.op, op, one.value) })} />
            <ValueInput kind={kind} op={one.op} value={one.value} onChange={(value) => set(at, { ...one, value })} known={prop?.values} name={t.value} />
            <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t.removeWhere} onClick={() => set(at, null)} />
          </span>
        );
      })}
      {options.length > 0 && wheres.length < 8 && (
        <Button type="text" size="small" icon={<PlusOutlined />} onClick={() => onChange(withWheres(measure, [...wheres, begin(options[0]!.value)]))}>
          {t.addWhere}
        </Button>
      )}
    </>
  );
}
