// Chooses a secret by its name, or keeps a new one; what was kept is never shown.
import { Alert, Button, Form, Input, Select } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { Dialog } from "@/ui/Dialog";
import { useWords } from "@/ui/words";
import { putSecret, secretsQuery } from "./asking";
import { WORDS } from "./words";

interface Props {
  id?: string;
  value?: string;
  onChange?: (name: string | undefined) => void;
}

export function SecretPicker({ id, value, onChange }: Props) {
  const t = useWords(WORDS);
  const [making, setMaking] = useState(false);
  const known = useQuery(secretsQuery).data ?? [];
  return (
    <div className="row" style={{ flexWrap: "nowrap" }}>
      <Select id={id} allowClear placeholder={t.noSecret} value={value} onChange={onChange} options={known.map((one) => ({ value: one.name, label: one.name }))} style={{ flex: 1, minWidth: 0 }} />
      <Button onClick={() => setMaking(true)}>{t.newSecret}</Button>
      {making && (
        <NewSecret
          onClose={() => setMaking(false)}
          onKept={(name) => {
            setMaking(false);
            onChange?.(name);
          }}
        />
      )}
    </div>
  );
}

export function NewSecret({ onClose, onKept }: { onClose: () => void; onKept: (name: string) => void }) {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const [form] = Form.useForm<{ name: string; value: string }>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const keep = async () => {
    try {
      const { name, value } = await form.validateFields();
      await putSecret(name, value);
      await client.invalidateQueries({ queryKey: secretsQuery.queryKey });
      onKept(name);
    } catch (error) {
      if (error instanceof Error) setProblem(asProblem(error)); // what the fields lack stands at them
    }
  };
  // No button of the form's own: it stands within another form.
  return (
    <Dialog title={t.newSecret} onClose={onClose}>
      <Form form={form} name="new-secret" component={false} layout="vertical" requiredMark={false}>
        <Form.Item name="name" label={t.secretName} extra={t.nameHint} rules={[{ required: true, message: t.needed }, { pattern: NAME, message: t.badName }]}>
          <Input autoComplete="off" maxLength={60} />
        </Form.Item>
        <Form.Item name="value" label={t.secretValue} extra={t.secretHow} rules={[{ required: true, message: t.needed }]}>
          <Input.TextArea autoComplete="off" rows={2} spellCheck={false} />
        </Form.Item>
        {problem && <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} style={{ marginBottom: 16 }} />}
        <Button type="primary" onClick={() => void keep()}>
          {t.keep}
        </Button>
      </Form>
    </Dialog>
  );
}

export const NAME = /^[a-z][a-z0-9_]{0,59}$/;
