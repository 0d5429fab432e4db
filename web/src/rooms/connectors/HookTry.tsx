// A sample body, and the messages that would come of it; nothing is kept.
import { ExperimentOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/PageShell";
import { ProblemView } from "@/ui/states";
import { useWords } from "@/ui/words";
import { pairsOf } from "./fields";
import { type Hook, type TriedMessage, tryHook } from "./hook-asking";
import { HOOK_WORDS } from "./hook-words";

interface Props {
  name: string;
  /** Gives the hook as it is being edited, null for the one that is saved, and undefined if it lacks something. */
  hook: () => Promise<Hook | null | undefined>;
}

export function HookTry({ name, hook }: Props) {
  const t = useWords(HOOK_WORDS);
  const [body, setBody] = useState("");
  const [headers, setHeaders] = useState("");
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<TriedMessage[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const go = async () => {
    const definition = await hook();
    if (definition === undefined) return;
    setBusy(true);
    setProblem(null);
    try {
      setTried(await tryHook(definition?.name ?? name, body, pairsOf(headers), definition));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const button = (
    <Button icon={<ExperimentOutlined />} loading={busy} disabled={body.trim() === ""} onClick={() => void go()}>
      {t.tryIt}
    </Button>
  );
  return (
    <Panel title={t.sample} extra={button}>
      <div className="stack">
        <Form component={false} layout="vertical">
          <div className="connector-fields">
            <Form.Item label={t.sample} extra={t.sampleHow} htmlFor="hook-sample">
              <Input.TextArea id="hook-sample" className="code" spellCheck={false} autoSize={{ minRows: 4, maxRows: 16 }} value={body} onChange={(event) => setBody(event.target.value)} />
            </Form.Item>
            <Form.Item label={t.headers} extra={t.headersHow} htmlFor="hook-headers">
              <Input.TextArea id="hook-headers" className="code" spellCheck={false} autoSize={{ minRows: 4, maxRows: 16 }} value={headers} onChange={(event) => setHeaders(event.target.value)} />
            </Form.Item>
          </div>
        </Form>
        {problem && <ProblemView error={problem} />}
        {tried && !problem && <Messages tried={tried} />}
      </div>
    </Panel>
  );
}

function Messages({ tried }: { tried: readonly TriedMessage[] }) {
  const t = useWords(HOOK_WORDS);
  if (tried.length === 0) return <Alert type="info" showIcon title={t.nothing} />;
  const rows = tried.map((one, place) => ({ ...one, place }));
  return (
    <DataTable
      name={t.tryIt}
      rows={rows}
      keyOf={(one) => one.place}
      columns={[
        { key: "event", title: t.event, show: (one) => (one.kind === "none" ? t.skipped : one.event || (one.kind === "profile" ? t.kinds.profile : "–")) },
        { key: "who", title: t.who, show: (one) => <span className="code">{one.ids.map((id) => `${id.type}=${id.value}`).join(" ")}</span> },
        { key: "says", title: t.says, show: (one) => <span className="code" style={{ overflowWrap: "anywhere" }}>{saysOf(one)}</span> },
        { key: "outcome", title: t.outcome, show: (one) => (one.code ? <span role="alert">{one.reason}</span> : one.kind === "none" ? t.skipped : t.accepted) },
      ]}
    />
  );
}

function saysOf({ properties, changes }: TriedMessage): string {
  const set = (changes["set"] ?? {}) as Record<string, unknown>;
  const told = (pairs: Record<string, unknown>, mark: string) => Object.entries(pairs).map(([name, value]) => `${mark}${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [...told(properties, ""), ...told(set, "@")].join("  ");
}
