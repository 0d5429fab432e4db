// One message that was set aside: as it came, as it is to be, what would come of it, and the way back into its place.
import { Alert, App, Button, Form, Input, Segmented } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { useJobActions } from "@/jobs/acting";
import { AwaitPage } from "@/ui/AwaitPage";
import { UndoButtons, useEditingKeys } from "@/ui/editing";
import { useHistory, useUnsavedGuard } from "@/ui/history";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { useTelling } from "@/ui/telling";
import { useWords } from "@/ui/words";
import { type Became, mendMessage, messageQuery, type OpenedMessage, tryMessage, undoMending } from "./asking";
import { pretty, readObject } from "./mend-draft";
import { MendFields } from "./MendFields";
import { WORDS } from "./mend-words";
import "./mend.css";

export function MendMessage() {
  const t = useWords(WORDS);
  const { number = "" } = useParams({ strict: false });
  const found = useQuery(messageQuery(number));
  return (
    <AwaitPage of={found} title={t.title} wayOn={<Back />}>
      {(one) => <Editor key={one.mend?.at ?? ""} one={one} />}
    </AwaitPage>
  );
}

function Back() {
  const t = useWords(WORDS);
  return (
    <LinkButton to="/quality" search={{ tab: "aside" }}>
      {t.back}
    </LinkButton>
  );
}

function Editor({ one }: { one: OpenedMessage }) {
  const t = useWords(WORDS);
  const may = useMay("import");
  const draft = useHistory(pretty(one.mend?.raw ?? one.raw));
  const [first] = useState(draft.now);
  const [fields, setFields] = useState(readObject(draft.now) !== undefined);
  const [why, setWhy] = useState(one.mend?.why ?? "");
  const [state, setState] = useState<{ busy?: boolean; problem?: Problem; of?: string; became?: Became }>({});
  const acting = useActing(one.number);
  const valid = readObject(draft.now) !== undefined;
  const seen = state.of === draft.now ? state.became : undefined;
  useUnsavedGuard(draft.now !== first && !state.busy);
  useEditingKeys(draft, () => undefined);
  const attempt = async (work: () => Promise<void>) => {
    setState((old) => ({ ...old, busy: true, problem: undefined }));
    try {
      await work();
      setState((old) => ({ ...old, busy: false }));
    } catch (error) {
      setState({ problem: asProblem(error) });
    }
  };
  const look = () => attempt(async () => {
    const became = await tryMessage(one.number, draft.now);
    setState({ of: draft.now, became });
  });
  const put = () => attempt(() => acting.put(draft.now, why));
  const actions = (
    <>
      <Back />
      <UndoButtons of={draft} />
      <Button onClick={() => void look()} disabled={!valid} loading={state.busy}>
        {t.look}
      </Button>
      <Button type="primary" onClick={() => void put()} disabled={!valid || !seen || !may} title={seen ? undefined : t.putSure} loading={state.busy}>
        {t.put}
      </Button>
    </>
  );
  return (
    <PageShell title={t.title} lead={t.lead} actions={actions}>
      {!may && <Alert type="info" showIcon title={t.noRight} />}
      {one.mend && <Mended mend={one.mend} onUndo={may ? acting.undo : undefined} />}
      {state.problem && <Alert type="error" showIcon role="alert" title={state.problem.message} description={state.problem.remedy} />}
      {seen && <Outcome of={seen} />}
      <div className="mend">
        <Panel title={t.edit} extra={<Segmented aria-label={t.edit} value={fields ? "fields" : "json"} options={[{ value: "fields", label: t.asFields, disabled: !valid }, { value: "json", label: t.asJson }]} onChange={(next) => setFields(next === "fields")} />}>
          {fields && valid ? (
            <MendFields text={draft.now} onChange={draft.set} />
          ) : (
            <Input.TextArea aria-label={t.edit} className="code" autoSize={{ minRows: 8, maxRows: 30 }} spellCheck={false} status={valid ? undefined : "error"} value={draft.now} onChange={(event) => draft.set(event.target.value)} />
          )}
          {!valid && (
            <p className="mend-fault" role="alert">
              {t.badJson}
            </p>
          )}
          <Form layout="vertical" component="div" style={{ marginTop: 16 }}>
            <Form.Item label={t.why} htmlFor="mend-why" extra={t.whyHint} style={{ marginBottom: 0 }}>
              <Input id="mend-why" value={why} maxLength={500} onChange={(event) => setWhy(event.target.value)} />
            </Form.Item>
          </Form>
        </Panel>
        <div className="stack">
          <Facts one={one} />
          <Panel title={t.original}>
            <pre className="mend-raw" tabIndex={0} role="region" aria-label={t.original}>
              {pretty(one.raw)}
            </pre>
          </Panel>
        </div>
      </div>
    </PageShell>
  );
}

/** Puts a message back, or gives it back, and refreshes. */
function useActing(number: string) {
  const t = useWords(WORDS);
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const tell = useTelling();
  const { refresh } = useJobActions();
  const leave = async (said: string) => {
    void message.success(said);
    void navigate({ to: "/quality", search: { tab: "aside" } });
    await refresh();
    await client.invalidateQueries();
  };
  const put = async (raw: string, why: string) => {
    await mendMessage(number, raw, why);
    await leave(t.done);
  };
  const go = async () => {
    try {
      await undoMending(number);
      await leave(t.undone);
    } catch (error) {
      tell(error);
    }
  };
  const undo = () => void modal.confirm({ title: t.undoSure, content: t.undoHow, okText: t.undo, onOk: go });
  return { put, undo };
}

function Mended({ mend, onUndo }: { mend: NonNullable<OpenedMessage["mend"]>; onUndo: (() => void) | undefined }) {
  const t = useWords(WORDS);
  const f = useFormats();
  return <Alert type="info" showIcon title={t.mended(mend.author, f.moment(mend.at))} description={mend.why || undefined} action={onUndo && <Button onClick={onUndo}>{t.undo}</Button>} />;
}

function Facts({ one }: { one: OpenedMessage }) {
  const t = useWords(WORDS);
  const f = useFormats();
  return (
    <Panel title={t.facts}>
      <dl className="facts">
        <dt>{t.source}</dt>
        <dd>{one.source}</dd>
        <dt>{t.protocol}</dt>
        <dd>{one.protocol}</dd>
        <dt>{t.received}</dt>
        <dd>{f.moment(one.received)}</dd>
        <dt>{t.now}</dt>
        <dd>
          <Faults of={one.became} />
        </dd>
      </dl>
    </Panel>
  );
}

function Faults({ of }: { of: Became }) {
  const t = useWords(WORDS);
  if (of.accepted) return <>{t.accepted}</>;
  return (
    <ul className="mend-faults">
      {of.faults.map((one) => (
        <li key={`${one.event} ${one.column} ${one.code}`}>
          {one.column && <strong>{one.column} </strong>}
          <span title={one.code}>{one.message}</span> <span className="quiet">{one.remedy}</span>
        </li>
      ))}
    </ul>
  );
}

function Outcome({ of }: { of: Became }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const rows = of.rows.map(({ what, values }) => {
    const told = Object.entries(values).map(([name, value]) => (name === "at" ? f.moment(value) : `${name} ${value}`));
    return `${t.becomes(what === "customers" ? t.customers : what)}: ${told.join(" · ")}`;
  });
  const said = (
    <>
      {!of.accepted && <Faults of={of} />}
      {rows.map((row, at) => (
        <div key={at}>{row}</div>
      ))}
      {rows.length === 0 && of.accepted && t.nothing}
    </>
  );
  return <Alert type={of.accepted ? "success" : "warning"} showIcon role="status" title={of.accepted ? t.accepted : t.still(f.count(of.faults.length))} description={said} />;
}
