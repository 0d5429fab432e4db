// Makes a write key: of which source, what it may send, from where, how fast.
import { Alert, Button, Checkbox, Form, Input, InputNumber, Select } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { Dialog } from "@/ui/Dialog";
import { useWords } from "@/ui/words";
import { createKey, freshKeys, keysQuery, type NewKey } from "./asking";
import { WORDS } from "./words";

const KINDS = ["events", "people", "items"] as const;
const NAME = /^[a-z][a-z0-9_]{0,59}$/;
const ORIGIN = /^https?:\/\/[^/\s]+$/;

interface Props {
  /** The source it is of; to be chosen where none is given. */
  source?: string;
  onClose: () => void;
  onMade?: (source: string) => void;
}

export function NewKeyDialog({ source, onClose, onMade }: Props) {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const finish = async (said: NewKey) => {
    const body = { ...said, source: source ?? said.source, per_second: said.per_second ?? 0 };
    setBusy(true);
    setProblem(null);
    try {
      freshKeys.set(body.source, await createKey(body));
      await Promise.all([client.invalidateQueries({ queryKey: keysQuery.queryKey }), client.invalidateQueries({ queryKey: ["sources"] })]);
      onClose();
      onMade?.(body.source);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const whole = (_: unknown, origins: string[]) => (origins.every((one) => ORIGIN.test(one)) ? Promise.resolve() : Promise.reject(new Error(t.badOrigin)));
  return (
    <Dialog title={source ? t.newKey : t.sdk} onClose={onClose}>
      <Form<NewKey> layout="vertical" requiredMark={false} initialValues={{ kinds: [...KINDS], per_second: 0, origins: [], aliases: [] }} onFinish={(said) => void finish(said)}>
        {source === undefined && (
          <Form.Item name="source" label={t.sourceName} extra={t.sourceHint} rules={[{ required: true, message: t.needed }, { pattern: NAME, message: t.badName }]}>
            <Input autoComplete="off" maxLength={60} />
          </Form.Item>
        )}
        <Form.Item name="name" label={t.keyName} extra={t.keyNameHint} rules={[{ required: true, message: t.needed }]}>
          <Input autoComplete="off" maxLength={80} />
        </Form.Item>
        <Form.Item name="kinds" label={t.kinds} rules={[{ required: true, type: "array", min: 1, message: t.needed }]}>
          <Checkbox.Group options={KINDS.map((kind) => ({ value: kind, label: t.kind[kind] }))} />
        </Form.Item>
        <Form.Item name="origins" label={t.origins} extra={t.originsHint} rules={[{ validator: whole }]}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[" ", ",", "\n"]} />
        </Form.Item>
        <Form.Item name="per_second" label={t.perSecond} extra={t.perSecondHint}>
          <InputNumber min={0} precision={0} />
        </Form.Item>
        <Form.Item name="aliases" label={t.aliases} extra={t.aliasesHint}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[" ", ",", "\n"]} />
        </Form.Item>
        {problem && <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} style={{ marginBottom: 16 }} />}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t.create}
        </Button>
      </Form>
    </Dialog>
  );
}
