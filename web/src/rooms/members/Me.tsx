// One's own account: the password, and what one may do.
import { Alert, App, Button, Form, Input, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, got } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import { PageShell, Panel } from "@/ui/PageShell";
import { useWearer } from "@/ui/rights";
import { useLang, useWords } from "@/ui/words";
import { WORDS } from "./words";

interface Fields {
  old: string;
  fresh: string;
  again: string;
}

export function Me() {
  const t = useWords(WORDS);
  const lang = useLang();
  const wearer = useWearer();
  const roles = useQuery({ queryKey: ["roles"], queryFn: () => got(api.GET("/v1/roles")), staleTime: Infinity });
  const labels = new Map((roles.data ?? []).flatMap((one) => one.scopes).map((scope) => [scope.scope, scope[lang]]));
  return (
    <PageShell title={t.me} lead={wearer.name}>
      <Panel title={t.change}>
        <PasswordForm />
      </Panel>
      <Panel title={t.myRights}>
        <div className="row">
          {wearer.scopes.map((scope) => (
            <Tag key={scope}>{labels.get(scope) ?? scope}</Tag>
          ))}
        </div>
      </Panel>
    </PageShell>
  );
}

function PasswordForm() {
  const t = useWords(WORDS);
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const finish = async ({ old, fresh }: Fields) => {
    setProblem(null);
    try {
      await got(api.PUT("/v1/session/password", { body: { old, new: fresh } }));
      form.resetFields();
      void message.success(t.changed);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const needed = { required: true, message: t.needed };
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void finish(fields)} style={{ maxWidth: 360 }}>
      <Form.Item name="old" label={t.old} rules={[needed]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="fresh" label={t.fresh} extra={t.least} rules={[needed, { min: 8, message: t.least }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t.again}
        dependencies={["fresh"]}
        rules={[needed, ({ getFieldValue }) => ({ validator: (_, value) => (value === getFieldValue("fresh") ? Promise.resolve() : Promise.reject(new Error(t.same))) })]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {problem && <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} style={{ marginBottom: 16 }} />}
      <Button type="primary" htmlType="submit">
        {t.change}
      </Button>
    </Form>
  );
}
