// Tokens for scripts and other systems: what each may do, who made it, when it was last used.
import { CopyOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, App, Button, Checkbox, Form, Input, Tag } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, got, type Schemas } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import { DataTable } from "@/ui/DataTable";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { type Scope, useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { useLang, useWords } from "@/ui/words";
import { WORDS } from "./words";

type Token = Schemas["TokenAnswer"];

const tokensKey = ["tokens"];

function useScopes(): { value: Scope; label: string }[] {
  const lang = useLang();
  const roles = useQuery({ queryKey: ["roles"], queryFn: () => got(api.GET("/v1/roles")), staleTime: Infinity });
  const all = new Map((roles.data ?? []).flatMap((one) => one.scopes).map((scope) => [scope.scope, scope]));
  return [...all.values()].map((scope) => ({ value: scope.scope, label: scope[lang] }));
}

export function Tokens() {
  const t = useWords(WORDS);
  const [making, setMaking] = useState(false);
  const tokens = useQuery({ queryKey: tokensKey, queryFn: () => got(api.GET("/v1/tokens")) });
  const create = useMay("admin") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t.newToken}
    </Button>
  );
  return (
    <PageShell title={t.tokens} lead={t.tokensLead} actions={create}>
      <Panel>
        <Await of={tokens}>
          {(rows) =>
            rows.length === 0 ? <NothingYet title={t.noTokens}>{t.noTokensHow}</NothingYet> : <List rows={rows} />
          }
        </Await>
      </Panel>
      {making && <NewToken onClose={() => setMaking(false)} />}
    </PageShell>
  );
}

function List({ rows }: { rows: readonly Token[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const scopes = useScopes();
  const { modal } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const revoke = (name: string) =>
    void modal.confirm({
      title: t.revokeSure(name),
      content: t.revokeHow,
      okText: t.revoke,
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await got(api.DELETE("/v1/tokens/{name}", { params: { path: { name } } }));
        } catch (error) {
          tell(error);
        }
        await client.invalidateQueries({ queryKey: tokensKey });
      },
    });
  return (
    <DataTable
      name={t.tokens}
      rows={rows}
      keyOf={(one) => one.name}
      columns={[
        { key: "name", title: t.tokenName, show: (one) => one.name },
        {
          key: "scopes",
          title: t.scopes,
          show: (one) => (
            <span className="row">
              {one.scopes.map((scope) => (
                <Tag key={scope}>{scopes.find((each) => each.value === scope)?.label ?? scope}</Tag>
              ))}
            </span>
          ),
        },
        { key: "author", title: t.author, show: (one) => one.author },
        { key: "at", title: t.since, show: (one) => f.day(one.at) },
        { key: "used", title: t.used, show: (one) => (one.last_used ? <span title={f.moment(one.last_used)}>{f.ago(one.last_used)}</span> : t.never) },
        {
          key: "revoke",
          title: "",
          show: (one) => (
            <Button size="small" danger onClick={() => revoke(one.name)} aria-label={`${t.revoke} ${one.name}`}>
              {t.revoke}
            </Button>
          ),
        },
      ]}
    />
  );
}

function NewToken({ onClose }: { onClose: () => void }) {
  const t = useWords(WORDS);
  const scopes = useScopes();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const finish = async (body: { name: string; scopes: Scope[] }) => {
    try {
      setSecret((await got(api.POST("/v1/tokens", { body }))).token);
      await client.invalidateQueries({ queryKey: tokensKey });
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const copy = () => void navigator.clipboard.writeText(secret ?? "").then(() => message.success(t.copied));
  return (
    <Dialog title={t.newToken} onClose={onClose} mask={{ closable: secret === null }}>
      {secret === null ? (
        <Form layout="vertical" requiredMark={false} initialValues={{ scopes: ["read"] }} onFinish={(body: { name: string; scopes: Scope[] }) => void finish(body)}>
          <Form.Item name="name" label={t.tokenName} extra={t.tokenNameHint} rules={[{ required: true, message: t.needed }]}>
            <Input maxLength={200} autoComplete="off" />
          </Form.Item>
          <Form.Item name="scopes" label={t.scopes} rules={[{ validator: (_, chosen: Scope[]) => (chosen.length ? Promise.resolve() : Promise.reject(new Error(t.needed))) }]}>
            <Checkbox.Group options={scopes} />
          </Form.Item>
          {problem && <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} style={{ marginBottom: 16 }} />}
          <Button type="primary" htmlType="submit">
            {t.newToken}
          </Button>
        </Form>
      ) : (
        <div className="stack">
          <Alert type="warning" showIcon title={t.secret} description={t.secretHow} />
          <div className="row">
            <Input readOnly value={secret} aria-label={t.tokens} className="code" style={{ flex: 1 }} onFocus={(event) => event.target.select()} />
            <Button icon={<CopyOutlined />} onClick={copy}>
              {t.copy}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
