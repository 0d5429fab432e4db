// Code to copy into a site, an app or a backend: chosen by the client that is used there.
import { Alert, Input, Radio } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { addressOf, freshKeys, type Intake, intakeQuery } from "./asking";
import { CopyCode, CopyLine } from "./Copyable";
import { CLIENTS } from "./snippets";
import { WORDS } from "./words";

export function Snippets({ source }: { source: string }) {
  const t = useWords(WORDS);
  const intake = useQuery({ ...intakeQuery, refetchInterval: (query) => (query.state.data?.answers ? false : 5_000) });
  return (
    <Panel title={t.snippets}>
      <Await of={intake}>{(one) => <Choose source={source} intake={one} />}</Await>
    </Panel>
  );
}

function Choose({ source, intake }: { source: string; intake: Intake }) {
  const t = useWords(WORDS);
  const [{ client }, setUrl] = useUrlState<{ client?: string }>();
  const [pasted, setPasted] = useState("");
  const fresh = freshKeys.get(source)?.key;
  const chosen = CLIENTS.find((one) => one.id === client) ?? CLIENTS[0]!;
  const key = pasted.trim() || fresh || "YOUR_WRITE_KEY";
  return (
    <div className="stack">
      {intake.port === 0 && !intake.url && <Alert type="warning" showIcon title={t.off} description={t.offHow} />}
      {intake.port !== 0 && !intake.answers && <Alert type="warning" showIcon title={t.notListening} description={t.notListeningHow(String(intake.port))} />}
      <p className="quiet">{t.snippetsHow}</p>
      <div>
        <div className="quiet">{t.address}</div>
        <CopyLine name={t.address} text={addressOf(intake)} />
        {!intake.url && <div className="quiet">{t.behindProxy}</div>}
      </div>
      {!fresh && <Input className="code" value={pasted} onChange={(event) => setPasted(event.target.value)} placeholder={t.pasteKey} aria-label={t.pasteKey} autoComplete="off" spellCheck={false} />}
      <Radio.Group aria-label={t.client} optionType="button" value={chosen.id} onChange={(event) => setUrl({ client: event.target.value as string })} options={CLIENTS.map((one) => ({ value: one.id, label: t.clients[one.id] ?? one.title }))} className="clients" />
      {chosen.pieces({ base: addressOf(intake), key }).map((piece) => (
        <CopyCode key={piece.title} name={piece.title} code={piece.code} />
      ))}
    </div>
  );
}
