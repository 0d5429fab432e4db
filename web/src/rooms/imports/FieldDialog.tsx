// A new field for a column: its name, labels, type, and whether it is personal.
import { Form, Input, Select } from "antd";
import { Dialog } from "@/ui/Dialog";
import { useWords } from "@/ui/words";
import type { FieldDefinition } from "./asking";
import { isCustomers } from "./targets";
import type { Wizard } from "./wizard";
import { WORDS } from "./wizard-words";

const NAME = /^[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]{0,62}$/;

export function FieldDialog({ wizard, field, onDone }: { wizard: Wizard; field: FieldDefinition; onDone: (field?: FieldDefinition) => void }) {
  const t = useWords(WORDS);
  const [form] = Form.useForm<FieldDefinition>();
  const { mapping, definitions } = wizard;
  const customers = isCustomers(mapping.rows);
  const finish = (said: FieldDefinition) => onDone({ ...field, ...said });
  const types = Object.entries(t.types).map(([value, label]) => ({ value, label }));
  const classes = Object.entries(t.classes).map(([value, label]) => ({ value, label }));
  const isFree = (name: string) => !customers || !definitions.fields.some((one) => one.name === name);
  return (
    <Dialog footer={undefined} title={t.fieldTitle} okText={t.fieldOk} cancelText={t.cancel} onOk={() => form.submit()} onClose={() => onDone()}>
      <Form form={form} layout="vertical" initialValues={field} onFinish={finish} requiredMark={false}>
        <Form.Item name="zh" label={t.fieldZh}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="en" label={t.fieldEn}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item
          name="name"
          label={t.fieldName}
          extra={t.fieldNameRule}
          rules={[{ required: true, pattern: NAME, message: t.fieldNameRule }, { validator: (_, name: string) => (isFree(name) ? Promise.resolve() : Promise.reject(new Error(t.fieldTaken))) }]}
        >
          <Input className="code" />
        </Form.Item>
        <Form.Item name="value" label={t.fieldType}>
          <Select options={types} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        {customers && (
          <Form.Item name="personal" label={t.fieldClass}>
            <Select options={classes} />
          </Form.Item>
        )}
      </Form>
    </Dialog>
  );
}
