// Who may come in, and what each role may do.
import { CheckOutlined, EllipsisOutlined, MinusOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Form, Input, Select, Tag } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, got, type Schemas } from "@/api/client";
import { DataTable } from "@/ui/DataTable";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay, useWearer } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { useLang, useWords } from "@/ui/words";
import { WORDS } from "./words";
import "./members.css";

type Account = Schemas["AccountAnswer"];
type Role = Account["role"];

const accountsKey = ["accounts"];

/** Does a change, tells whether it was done, and asks anew. */
function useDoing() {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const { message } = App.useApp();
  const tell = useTelling();
  return async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: accountsKey });
      void message.success(t.done);
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  };
}

export function Members() {
  const t = useWords(WORDS);
  const [adding, setAdding] = useState(false);
  const may = useMay("admin");
  const accounts = useQuery({ queryKey: accountsKey, queryFn: () => got(api.GET("/v1/accounts")) });
  const actions = may && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t.add}
    </Button>
  );
  return (
    <PageShell title={t.members} lead={t.membersLead} actions={actions}>
      <Panel>
        <Await of={accounts}>
          {(rows) => (
            <>
              <List rows={rows} />
              {rows.length === 1 && <NothingYet title={t.only}>{t.onlyHow}</NothingYet>}
            </>
          )}
        </Await>
      </Panel>
      <Panel title={t.roles}>
        <Roles />
      </Panel>
      {adding && <AddMember onClose={() => setAdding(false)} />}
    </PageShell>
  );
}

const useRoles = () => useQuery({ queryKey: ["roles"], queryFn: () => got(api.GET("/v1/roles")), staleTime: Infinity });

function List({ rows }: { rows: readonly Account[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const wearer = useWearer();
  const doing = useDoing();
  const roles = useRoles().data ?? [];
  const options = roles.map((one) => ({ value: one.role, label: one[lang] }));
  const setRole = (name: string, role: Role) => doing(() => got(api.PATCH("/v1/accounts/{name}", { params: { path: { name } }, body: { role } })));
  return (
    <DataTable
      name={t.members}
      rows={rows}
      keyOf={(one) => one.name}
      columns={[
        {
          key: "name",
          title: t.name,
          show: (one) => (
            <>
              {one.name} {one.name === wearer.name && <Tag>{t.you}</Tag>}
            </>
          ),
        },
        {
          key: "role",
          title: t.role,
          show: (one) => <Select aria-label={`${one.name}: ${t.role}`} value={one.role} options={options} onChange={(role) => void setRole(one.name, role)} style={{ minWidth: 140 }} />,
        },
        { key: "seen", title: t.seen, show: (one) => (one.last_seen ? <span title={f.moment(one.last_seen)}>{f.ago(one.last_seen)}</span> : t.never) },
        { key: "at", title: t.since, show: (one) => f.day(one.at) },
        { key: "more", title: "", show: (one) => <More one={one} /> },
      ]}
    />
  );
}

function More({ one }: { one: Account }) {
  const t = useWords(WORDS);
  const { modal } = App.useApp();
  const doing = useDoing();
  const [resetting, setResetting] = useState(false);
  const remove = () =>
    void modal.confirm({
      title: t.removeSure(one.name),
      content: t.removeHow,
      okText: t.remove,
      okButtonProps: { danger: true },
      onOk: () => doing(() => got(api.DELETE("/v1/accounts/{name}", { params: { path: { name: one.name } } }))),
    });
  const items = [
    { key: "reset", label: t.reset, onClick: () => setResetting(true) },
    { key: "remove", label: t.remove, danger: true, onClick: remove },
  ];
  return (
    <>
      <Dropdown trigger={["click"]} menu={{ items }}>
        <Button type="text" icon={<EllipsisOutlined />} aria-label={`${one.name}: ${t.more}`} />
      </Dropdown>
      {resetting && <ResetPassword name={one.name} onClose={() => setResetting(false)} />}
    </>
  );
}

function ResetPassword({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useWords(WORDS);
  const doing = useDoing();
  const finish = async ({ password }: { password: string }) => {
    if (await doing(() => got(api.PATCH("/v1/accounts/{name}", { params: { path: { name } }, body: { password } })))) onClose();
  };
  return (
    <Dialog title={t.resetFor(name)} onClose={onClose}>
      <Form layout="vertical" onFinish={(fields: { password: string }) => void finish(fields)} requiredMark={false}>
        <Form.Item name="password" label={t.fresh} extra={t.firstPasswordHint} rules={[{ required: true, message: t.needed }, { min: 8, message: t.least }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit">
          {t.reset}
        </Button>
      </Form>
    </Dialog>
  );
}

function AddMember({ onClose }: { onClose: () => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const doing = useDoing();
  const roles = useRoles().data ?? [];
  const finish = async (fields: { name: string; password: string; role: Role }) => {
    if (await doing(() => got(api.POST("/v1/accounts", { body: fields })))) onClose();
  };
  return (
    <Dialog title={t.add} onClose={onClose}>
      <Form layout="vertical" onFinish={(fields: { name: string; password: string; role: Role }) => void finish(fields)} requiredMark={false} initialValues={{ role: "viewer" }}>
        <Form.Item name="name" label={t.name} rules={[{ required: true, message: t.needed }]}>
          <Input autoComplete="off" maxLength={200} />
        </Form.Item>
        <Form.Item name="role" label={t.role}>
          <Select options={roles.map((one) => ({ value: one.role, label: `${one[lang]}: ${lang === "zh" ? one.about_zh : one.about_en}` }))} />
        </Form.Item>
        <Form.Item name="password" label={t.firstPassword} extra={t.firstPasswordHint} rules={[{ required: true, message: t.needed }, { min: 8, message: t.least }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit">
          {t.add}
        </Button>
      </Form>
    </Dialog>
  );
}

/** Roles across, rights down: a plain matrix. */
function Roles() {
  const t = useWords(WORDS);
  const lang = useLang();
  const roles = useRoles();
  return (
    <Await of={roles}>
      {(all) => {
        const scopes = [...new Map(all.flatMap((one) => one.scopes).map((scope) => [scope.scope, scope])).values()];
        return (
          <div className="matrix" tabIndex={0} role="region" aria-label={t.roles}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.scopes}</th>
                  {all.map((one) => (
                    <th key={one.role} scope="col">
                      {one[lang]}
                      <small className="quiet">{lang === "zh" ? one.about_zh : one.about_en}</small>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {scopes.map((scope) => (
                  <tr key={scope.scope}>
                    <th scope="row">{scope[lang]}</th>
                    {all.map((one) => (
                      <td key={one.role}>{one.scopes.some((each) => each.scope === scope.scope) ? <CheckOutlined aria-label={t.can} /> : <MinusOutlined aria-label={t.cannot} className="quiet" />}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Await>
  );
}
