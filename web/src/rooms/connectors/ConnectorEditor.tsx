// Makes a connector or changes one: what is read, what each row is, what is new; tried before it is saved.
import { ApiOutlined, SaveOutlined } from "@ant-design/icons";
import { Alert, App, Button, Collapse, Form, Input, InputNumber, Radio, Select, Switch } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { AwaitPage } from "@/ui/AwaitPage";
import { LinkButton } from "@/ui/LinkButton";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Connector, eventsQuery, mappingsQuery, readConnector, saveConnector, type Tried, tryOut } from "./asking";
import { formOf, isWatched, readsOf, type Type, TYPES } from "./fields";
import { ReaderFields } from "./ReaderFields";
import { NAME } from "./SecretPicker";
import { TriedRows } from "./Tried";
import { WORDS } from "./words";
import "./connectors.css";

type Said = Omit<Connector, "reads"> & { type: Type; reads: Record<string, unknown> };

export function NewConnector() {
  const t = useWords(WORDS);
  return <Editor title={t.newTitle} version={null} />;
}

export function EditConnector() {
  const t = useWords(WORDS);
  const { name } = useParams({ strict: false }) as { name: string };
  // Read once: what somebody else saves meanwhile must not change what is being edited.
  const found = useQuery({ queryKey: ["connector to edit", name], queryFn: () => readConnector(name), staleTime: Infinity, gcTime: 0 });
  return (
    <AwaitPage of={found} title={t.editTitle(name)} wayOn={<LinkButton to="/connectors">{t.toAll}</LinkButton>}>
      {({ body, version }) => <Editor key={version} title={t.editTitle(name)} version={version} known={body} onReload={() => void found.refetch()} />}
    </AwaitPage>
  );
}

interface Props {
  title: string;
  version: number | null;
  known?: Connector;
  onReload?: () => void;
}

function Editor({ title, version, known, onReload }: Props) {
  const t = useWords(WORDS);
  const may = useMay("admin");
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [form] = Form.useForm<Said>();
  const [busy, setBusy] = useState<"save" | "try" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tried, setTried] = useState<Tried | null>(null);
  const said = (Form.useWatch([], { form, preserve: true }) ?? {}) as Partial<Said>;
  const type = said.type ?? known?.reads.type ?? "database";
  if (!may) {
    return (
      <PageShell title={title}>
        <Alert type="info" showIcon title={t.adminOnly} action={<LinkButton to="/connectors">{t.toAll}</LinkButton>} />
      </PageShell>
    );
  }
  const attempt = async (what: "save" | "try", work: (body: Connector) => Promise<void>) => {
    const valid = await form.validateFields().catch(() => null);
    if (!valid) return;
    setBusy(what);
    setProblem(null);
    try {
      await work(definitionOf(valid, known));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(null);
    }
  };
  const tryIt = () => attempt("try", async (body) => setTried(await tryOut(body.name, body)));
  const save = (over: number | null) =>
    attempt("save", async (body) => {
      await saveConnector(body, over);
      await client.invalidateQueries();
      void message.success(t.saved);
      void navigate({ to: "/connectors/$name", params: { name: body.name } });
    });
  const theirs = problem?.code === "catalog.changed" ? (problem.details as { version: number }).version : null;
  const actions = (
    <>
      <Button icon={<ApiOutlined />} loading={busy === "try"} onClick={() => void tryIt()}>
        {t.tryIt}
      </Button>
      <Button type="primary" icon={<SaveOutlined />} loading={busy === "save"} onClick={() => void save(version)}>
        {t.save}
      </Button>
    </>
  );
  const change = (next: Type) => {
    form.setFieldValue("reads", formOf(next, {}));
    setTried(null);
  };
  const initial = { rows: "customers", page_rows: 5_000, gone_at_most: 0.5, overlap_seconds: 0, ...known, type, reads: formOf(type, { ...known?.reads }) };
  return (
    <PageShell title={title} lead={t.typesHow[type]} actions={actions}>
      {theirs !== null && problem && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t.conflict}
          action={
            <span className="row">
              <Button onClick={onReload}>{t.reload}</Button>
              <Button danger onClick={() => void save(theirs)}>
                {t.overwrite}
              </Button>
            </span>
          }
        />
      )}
      {problem && theirs === null && <Alert type="error" showIcon role="alert" title={problem.message} description={[problem.remedy, problem.where].filter(Boolean).join(" · ")} />}
      {busy === "try" && <Alert type="info" role="status" title={t.trying} />}
      {tried && (
        <Panel title={t.tryIt}>
          <TriedRows tried={tried} />
        </Panel>
      )}
      <Form<Said> form={form} layout="vertical" requiredMark={false} initialValues={initial} scrollToFirstError>
        <div className="stack">
          <Panel title={t.what}>
            {known === undefined && (
              <Form.Item name="name" label={t.name} extra={t.nameHint} rules={[{ required: true, message: t.needed }, { pattern: NAME, message: t.badName }]} style={{ maxWidth: 420 }}>
                <Input autoComplete="off" maxLength={60} />
              </Form.Item>
            )}
            <Form.Item name="type" label={t.type}>
              <Radio.Group optionType="button" className="kinds" onChange={(event) => change(event.target.value as Type)} options={TYPES.map((value) => ({ value, label: t.types[value] }))} />
            </Form.Item>
            <ReaderFields type={type} said={said.reads ?? initial.reads} />
          </Panel>
          <Meaning />
          {!isWatched(type) && <News deletions={Boolean(said.detect_deletions)} />}
        </div>
      </Form>
    </PageShell>
  );
}

/** Returns the definition that a form says; what a watched folder cannot have is left out. */
function definitionOf({ type, reads, ...said }: Said, known?: Connector): Connector {
  const kept = isWatched(type) ? { ...said, cursor: null, key: null, detect_deletions: false, overlap_seconds: 0 } : said;
  const filled = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined && value !== null && value !== ""));
  const rows = filled["mapping"] ? { rows: null } : { rows: filled["rows"] as string };
  return { ...filled, ...rows, name: known?.name ?? said.name, reads: readsOf(type, reads) } as unknown as Connector;
}

function Meaning() {
  const t = useWords(WORDS);
  const lang = useLang();
  const events = useQuery(eventsQuery).data ?? [];
  const mappings = useQuery(mappingsQuery).data ?? [];
  const rows = [{ value: "customers", label: t.customers }, { value: "events", label: t.events }, ...events.map((one) => ({ value: one.name, label: labelOf(one, lang) }))];
  return (
    <Panel title={t.means}>
      <div className="connector-fields">
        <Form.Item name="rows" label={t.rowsAre}>
          <Select showSearch={{ optionFilterProp: "label" }} options={rows} />
        </Form.Item>
        <Form.Item name="mapping" label={t.mapping} extra={t.mappingHint}>
          <Select allowClear showSearch placeholder={t.propose} options={mappings.map((one) => ({ value: one.name, label: labelOf(one, lang) }))} />
        </Form.Item>
        <Form.Item name="source" label={t.source} extra={t.sourceHint} rules={[{ pattern: NAME, message: t.badName }]}>
          <Input autoComplete="off" maxLength={60} />
        </Form.Item>
        <Form.Item name="zh" label={t.zh}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="en" label={t.en}>
          <Input autoComplete="off" />
        </Form.Item>
      </div>
    </Panel>
  );
}

function News({ deletions }: { deletions: boolean }) {
  const t = useWords(WORDS);
  const more = (
    <div className="connector-fields">
      <Form.Item name="overlap_seconds" label={t.overlap} extra={t.overlapHint}>
        <InputNumber min={0} precision={0} />
      </Form.Item>
      <Form.Item name="page_rows" label={t.pageRows}>
        <InputNumber min={1} max={100_000} precision={0} />
      </Form.Item>
    </div>
  );
  return (
    <Panel title={t.news}>
      <div className="connector-fields">
        <Form.Item name="cursor" label={t.cursor} extra={t.cursorHint}>
          <Input autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="key" label={t.key} extra={t.keyHint} rules={deletions ? [{ required: true, message: t.needed }] : undefined}>
          <Input autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="detect_deletions" label={t.deletions} extra={t.deletionsHint} valuePropName="checked">
          <Switch />
        </Form.Item>
        {deletions && (
          <Form.Item name="gone_at_most" label={t.atMost} extra={t.atMostHint}>
            <InputNumber min={0} max={1} step={0.1} />
          </Form.Item>
        )}
      </div>
      <Collapse ghost items={[{ key: "more", label: t.advanced, children: more, forceRender: true }]} />
    </Panel>
  );
}
