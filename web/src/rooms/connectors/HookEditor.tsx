// Makes a web hook or changes one: who it is, how it is known, what its body means; tried before it is saved.
import { SaveOutlined } from "@ant-design/icons";
import { Alert, App, Button, Form, Input, InputNumber, Radio, Select } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { AwaitPage } from "@/ui/AwaitPage";
import { LinkButton } from "@/ui/LinkButton";
import { MultiSelect } from "@/ui/MultiSelect";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { useWords } from "@/ui/words";
import { secretsQuery } from "./asking";
import { type Hook, hookForm, hookOf, readHook, type Said, saveHook, SENDERS, WAYS } from "./hook-asking";
import { HOOK_WORDS } from "./hook-words";
import { HookTry } from "./HookTry";
import { NAME, NewSecret } from "./SecretPicker";
import { WORDS } from "./words";
import "./connectors.css";

export function NewHook() {
  const t = useWords(HOOK_WORDS);
  return <Editor title={t.newTitle} version={null} />;
}

export function EditHook() {
  const t = useWords(HOOK_WORDS);
  const { name } = useParams({ strict: false }) as { name: string };
  const found = useQuery({ queryKey: ["hook to edit", name], queryFn: () => readHook(name), staleTime: Infinity, gcTime: 0 });
  return (
    <AwaitPage of={found} title={t.editTitle(name)} wayOn={<LinkButton to="/connectors">{t.toAll}</LinkButton>}>
      {({ body, version }) => <Editor key={version} title={t.editTitle(name)} version={version} known={body} />}
    </AwaitPage>
  );
}

function Editor({ title, version, known }: { title: string; version: number | null; known?: Hook }) {
  const t = useWords(HOOK_WORDS);
  const w = useWords(WORDS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [form] = Form.useForm<Said>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const said = (Form.useWatch([], { form, preserve: true }) ?? hookForm(known)) as Partial<Said>;
  if (!useMay("admin")) {
    return (
      <PageShell title={title}>
        <Alert type="info" showIcon title={t.adminOnly} action={<LinkButton to="/connectors">{t.toAll}</LinkButton>} />
      </PageShell>
    );
  }
  const read = async (): Promise<Hook | undefined> => {
    const valid = await form.validateFields().catch(() => null);
    return valid ? hookOf({ tolerance_seconds: hookForm(known).tolerance_seconds, ...valid, name: known?.name ?? valid.name }) : undefined;
  };
  const save = async (over: number | null) => {
    const body = await read();
    if (!body) return;
    setBusy(true);
    setProblem(null);
    try {
      await saveHook(body, over);
      await client.invalidateQueries();
      void message.success(t.saved);
      void navigate({ to: "/hooks/$name", params: { name: body.name } });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const theirs = problem?.code === "catalog.changed" ? (problem.details as { version: number }).version : null;
  const actions = (
    <Button type="primary" icon={<SaveOutlined />} loading={busy} onClick={() => void save(version)}>
      {t.save}
    </Button>
  );
  return (
    <PageShell title={title} lead={t.lead} actions={actions}>
      {problem && (
        <Alert
          type={theirs === null ? "error" : "warning"}
          showIcon
          role="alert"
          title={theirs === null ? problem.message : w.conflict}
          description={[problem.remedy, problem.where].filter(Boolean).join(" · ")}
          action={theirs !== null && <Button danger onClick={() => void save(theirs)}>{w.overwrite}</Button>}
        />
      )}
      <Form<Said> form={form} layout="vertical" requiredMark={false} initialValues={hookForm(known)} scrollToFirstError>
        <div className="stack">
          <Known said={said} isNew={!known} onSender={(sender) => form.setFieldsValue(SENDERS[sender] ?? {})} />
          <Meaning said={said} />
        </div>
      </Form>
      <HookTry name={known?.name ?? "new"} hook={read} />
    </PageShell>
  );
}

const CODE = { autoComplete: "off", spellCheck: false, className: "code" } as const;

function Known({ said, isNew, onSender }: { said: Partial<Said>; isNew: boolean; onSender: (sender: string) => void }) {
  const t = useWords(HOOK_WORDS);
  const w = useWords(WORDS);
  const by = said.by ?? "hmac";
  const needed = [{ required: true, message: t.needed }];
  return (
    <Panel title={t.how}>
      <div className="connector-fields">
        {isNew && (
          <Form.Item name="name" label={w.name} extra={w.nameHint} rules={[...needed, { pattern: NAME, message: w.badName }]}>
            <Input autoComplete="off" maxLength={60} />
          </Form.Item>
        )}
        <Form.Item name="source" label={t.source} extra={t.sourceHint} rules={[{ pattern: NAME, message: w.badName }]}>
          <Input autoComplete="off" maxLength={60} />
        </Form.Item>
        <Form.Item name="zh" label={w.zh}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="en" label={w.en}>
          <Input autoComplete="off" />
        </Form.Item>
      </div>
      <div className="presets" role="group" aria-label={t.senders}>
        <span className="quiet">{t.senders}</span>
        {Object.keys(SENDERS).map((sender) => (
          <Button key={sender} size="small" onClick={() => onSender(sender)}>
            {sender}
          </Button>
        ))}
      </div>
      <Form.Item name="by" label={t.signed} extra={t.waysHow[by]}>
        <Radio.Group optionType="button" className="kinds" options={WAYS.map((value) => ({ value, label: t.ways[value] }))} />
      </Form.Item>
      <div className="connector-fields">
        {(by === "hmac" || by === "timestamp") && (
          <Form.Item name="header" label={t.header} rules={needed}>
            <Input {...CODE} placeholder={by === "hmac" ? "X-Hub-Signature-256" : "Stripe-Signature"} />
          </Form.Item>
        )}
        {by === "hmac" && (
          <Form.Item name="encoding" label={t.encoding}>
            <Select options={["hex", "base64"].map((value) => ({ value, label: value }))} />
          </Form.Item>
        )}
        {by === "token" && (
          <Form.Item name="where" label={t.where}>
            <Select options={[{ value: "header", label: t.inHeader }, { value: "query", label: t.inQuery }]} />
          </Form.Item>
        )}
        {by === "token" && (
          <Form.Item name="called" label={t.called} rules={needed}>
            <Input {...CODE} placeholder={said.where === "query" ? "token" : "X-Token"} />
          </Form.Item>
        )}
        {(by === "hmac" || (by === "token" && said.where !== "query")) && (
          <Form.Item name="prefix" label={t.prefix} extra={t.prefixHow}>
            <Input {...CODE} />
          </Form.Item>
        )}
        <Form.Item name="secrets" label={t.secrets} extra={t.secretsHow} rules={needed}>
          <Secrets />
        </Form.Item>
      </div>
    </Panel>
  );
}

function Secrets({ id, value = [], onChange }: { id?: string; value?: string[]; onChange?: (names: string[]) => void }) {
  const t = useWords(HOOK_WORDS);
  const [making, setMaking] = useState(false);
  const known = useQuery(secretsQuery).data ?? [];
  return (
    <div className="row" style={{ flexWrap: "nowrap" }}>
      <MultiSelect<string[]> id={id} value={value} onChange={onChange} maxCount={5} options={known.map((one) => ({ value: one.name, label: one.name }))} style={{ flex: 1, minWidth: 0 }} />
      <Button onClick={() => setMaking(true)}>{t.newSecret}</Button>
      {making && (
        <NewSecret
          onClose={() => setMaking(false)}
          onKept={(name) => {
            setMaking(false);
            onChange?.([...value.filter((one) => one !== name), name]);
          }}
        />
      )}
    </div>
  );
}

function Meaning({ said }: { said: Partial<Said> }) {
  const t = useWords(HOOK_WORDS);
  const happens = said.kind !== "profile";
  const needed = [{ required: true, message: t.needed }];
  const lines = <Input.TextArea rows={3} autoSize={{ minRows: 3, maxRows: 12 }} className="code" spellCheck={false} />;
  const ways = (of: Record<string, string>) => Object.entries(of).map(([value, label]) => ({ value, label }));
  return (
    <Panel title={t.means}>
      <p className="quiet">{t.pathsHow}</p>
      <Form.Item name="kind" label={t.kind}>
        <Radio.Group optionType="button" className="kinds" options={ways(t.kinds)} />
      </Form.Item>
      <div className="connector-fields">
        <Form.Item name="ids" label={t.ids} extra={t.idsHow} rules={needed}>
          {lines}
        </Form.Item>
        {happens && (
          <Form.Item name="properties" label={t.properties} extra={t.propertiesHow}>
            {lines}
          </Form.Item>
        )}
        {said.kind !== "event" && (
          <Form.Item name="fields" label={t.fields} extra={t.fieldsHow} rules={needed}>
            {lines}
          </Form.Item>
        )}
        {happens && (
          <Form.Item name="events" label={t.events} extra={t.eventsHow}>
            {lines}
          </Form.Item>
        )}
      </div>
      <div className="connector-fields">
        {happens && (
          <Form.Item name="event_by" label={t.eventBy}>
            <Select options={ways(t.eventWays)} />
          </Form.Item>
        )}
        {happens && (
          <Form.Item name="event" label={t.eventIs} rules={needed}>
            <Input {...CODE} />
          </Form.Item>
        )}
        <Form.Item name="id_by" label={t.idBy}>
          <Select options={ways(t.idWays)} />
        </Form.Item>
        <Form.Item name="id" label={t.id} extra={t.idHow}>
          <Input {...CODE} />
        </Form.Item>
        <Form.Item name="at" label={t.time} extra={t.timeHow}>
          <Input {...CODE} />
        </Form.Item>
        <Form.Item name="zone" label={t.zone}>
          <Input {...CODE} />
        </Form.Item>
        <Form.Item name="records" label={t.records} extra={t.recordsHow}>
          <Input {...CODE} />
        </Form.Item>
        {happens && (
          <Form.Item name="all_under" label={t.allUnder} extra={t.allUnderHow}>
            <Input {...CODE} />
          </Form.Item>
        )}
        <Form.Item name="per_second" label={t.pace} extra={t.paceHow}>
          <InputNumber min={0} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="challenge" label={t.challenge} extra={t.challengeHow}>
          <Input {...CODE} />
        </Form.Item>
      </div>
    </Panel>
  );
}
