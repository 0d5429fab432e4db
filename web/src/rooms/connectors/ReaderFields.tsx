// The fields of a place, as its kind asks for them.
import { Form, Input, InputNumber, Select, Switch } from "antd";
import { useWords } from "@/ui/words";
import { type FieldOf, READERS, type Type } from "./fields";
import { SecretPicker } from "./SecretPicker";
import { WORDS } from "./words";

export function ReaderFields({ type, said }: { type: Type; said: Record<string, unknown> }) {
  return (
    <div className="connector-fields">
      {READERS[type].filter((field) => !field.when || field.when(said)).map((field) => (
        <One key={`${type} ${field.name}`} type={type} field={field} />
      ))}
    </div>
  );
}

function One({ type, field }: { type: Type; field: FieldOf }) {
  const t = useWords(WORDS);
  const wide = field.as === "long" || field.as === "pairs" || field.name === "url" || field.name === "host_key";
  return (
    <Form.Item name={["reads", ...field.name.split(".")]} label={t.byField[field.name] ?? field.name} extra={t.byHint[`${type}.${field.name}`] ?? t.byHint[field.name]} valuePropName={field.as === "switch" ? "checked" : "value"} rules={field.needed ? [{ required: true, message: t.needed }] : undefined} className={wide ? "is-wide" : undefined}>
      {inputOf(field, t)}
    </Form.Item>
  );
}

type Said = (typeof WORDS)["zh"] | (typeof WORDS)["en"];

function inputOf(field: FieldOf, t: Said) {
  switch (field.as) {
    case "number":
      return <InputNumber min={0} precision={0} style={{ width: "100%" }} />;
    case "switch":
      return <Switch />;
    case "choice":
      return <Select allowClear={!field.needed && field.initial === undefined} placeholder={field.initial === undefined ? t.byName : undefined} options={field.options?.map((value) => ({ value, label: t.byChoice[value] ?? value }))} />;
    case "secret":
      return <SecretPicker />;
    case "long":
    case "pairs":
      return <Input.TextArea rows={2} autoSize={{ minRows: 2, maxRows: 10 }} className="code" spellCheck={false} />;
    default:
      return <Input autoComplete="off" spellCheck={false} />;
  }
}
