// One field with everything known of it, and the form for those who may define.
import { EditOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input, Radio, Select, Space } from "antd";
import { useState } from "react";
import { useFormats } from "@/ui/numbers";
import { useMay } from "@/ui/rights";
import { Share } from "@/ui/Share";
import { useLang, useWords } from "@/ui/words";
import { DEFINITIONS, type Field, type FieldDefinition, HIDDEN } from "./asking";
import { Facts, PersonalMark, Uses, Values } from "./parts";
import { useSaving } from "./saving";
import { WORDS } from "./words";

export function FieldDetail({ field }: { field: Field }) {
  const t = useWords(WORDS);
  const may = useMay("define");
  const [editing, setEditing] = useState(false);
  if (editing) return <FieldForm field={field} onClose={() => setEditing(false)} />;
  return (
    <div className="stack">
      <About field={field} />
      {may && (
        <Button icon={<EditOutlined />} onClick={() => setEditing(true)} style={{ alignSelf: "start" }}>
          {t.edit}
        </Button>
      )}
      <section className="part">
        <h3>{t.common}</h3>
        <Values values={field.values} masked={field.masked} most={20} />
      </section>
      <section className="part">
        <h3>{t.usedBy}</h3>
        <Uses uses={field.uses} />
      </section>
    </div>
  );
}

function About({ field }: { field: Field }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const d = field.definition;
  return (
    <Facts
      of={[
        [t.id, <span key="id" className="code">{d.name}</span>],
        [t.zh, d.zh],
        [t.en, d.en],
        [t.type, t.types[d.value ?? "text"]],
        [
          t.personal,
          <span key="personal">
            <PersonalMark of={d.personal ?? "personal"} /> <span className="quiet">{t.personalSays[d.personal ?? "personal"]}</span>
          </span>,
        ],
        [t.fill, <Share key="fill" of={field.coverage} name={t.fill} />],
        [t.people, f.count(field.people)],
        [t.distinct, f.count(field.distinct)],
        [t.from, field.sources.map(({ source, count }) => `${source} ${f.count(count)}`).join("、")],
        [t.newest, field.last_at && f.moment(field.last_at)],
        [t.prefer, t.prefers[d.prefer ?? "latest"]],
        [t.unit, d.unit],
        [t.identifier, d.identifier],
        [t.synonyms, d.synonyms?.join("、")],
        [t.version, field.version && field.at ? `${field.version} · ${field.author ?? ""} · ${f.moment(field.at)}` : t.starter],
      ]}
    />
  );
}

function FieldForm({ field, onClose }: { field: Field; onClose: () => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const [form] = Form.useForm<FieldDefinition>();
  const saving = useSaving(DEFINITIONS.fields, field.version, onClose, (theirs) => form.setFieldsValue(theirs));
  const [was, now] = [field.definition.personal ?? "personal", Form.useWatch("personal", form) ?? field.definition.personal ?? "personal"];
  const consequence = HIDDEN.has(now) && !HIDDEN.has(was) ? t.stricter : HIDDEN.has(was) && !HIDDEN.has(now) ? t.looser : undefined;
  const labels = lang === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const);
  const finish = (said: FieldDefinition) => void saving.save({ ...field.definition, ...said, unit: said.unit || null });
  return (
    <Form<FieldDefinition> form={form} layout="vertical" requiredMark={false} initialValues={field.definition} onFinish={finish}>
      {saving.refused}
      {labels.map((one, at) => (
        <Form.Item key={one} name={one} label={t[one]}>
          <Input maxLength={60} autoFocus={at === 0} />
        </Form.Item>
      ))}
      <Form.Item name="personal" label={t.personal} extra={t.personalSays[now]}>
        <Radio.Group options={Object.entries(t.personals).map(([value, label]) => ({ value, label }))} />
      </Form.Item>
      {consequence && <Alert style={{ marginBottom: 16 }} type="warning" showIcon title={consequence} />}
      <Form.Item name="prefer" label={t.prefer}>
        <Select options={Object.entries(t.prefers).map(([value, label]) => ({ value, label }))} />
      </Form.Item>
      <Form.Item name="unit" label={t.unit}>
        <Input maxLength={20} />
      </Form.Item>
      <Form.Item name="synonyms" label={t.synonyms} extra={t.synonymsHint}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", ",", "、"]} />
      </Form.Item>
      <Space>
        <Button type="primary" htmlType="submit" loading={saving.busy}>
          {t.save}
        </Button>
        <Button onClick={onClose}>{t.cancel}</Button>
      </Space>
    </Form>
  );
}
