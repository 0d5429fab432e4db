// The whole of a message: as it came (masked by right), what became of it, and whose it is by now.
import { Alert } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type Whole, wholeQuery } from "./asking";
import { CopyCode } from "./Copyable";
import { Ids, Verdict } from "./Messages";
import { WORDS } from "./words";

export function Message({ number, onClose }: { number: string; onClose: () => void }) {
  const t = useWords(WORDS);
  const found = useQuery(wholeQuery(number));
  return (
    <Dialog title={t.whole} onClose={onClose} width={720}>
      <Await of={found}>{(one) => <Told one={one} />}</Await>
    </Dialog>
  );
}

function Told({ one: { message, raw, masked, people } }: { one: Whole }) {
  const t = useWords(WORDS);
  const f = useFormats();
  return (
    <div className="stack">
      <dl className="facts">
        <dt>{t.event}</dt>
        <dd>{message.event || (t.what[message.kind] ?? "?")}</dd>
        <dt>{t.source}</dt>
        <dd>{message.source}</dd>
        <dt>{t.protocol}</dt>
        <dd>{message.protocol}</dd>
        <dt>{t.at}</dt>
        <dd>
          {f.day(message.received)} {f.clock(message.received)}
        </dd>
        {message.at && (
          <>
            <dt>{t.happened}</dt>
            <dd>
              {f.day(message.at)} {f.clock(message.at)}
            </dd>
          </>
        )}
        <dt>{t.ids}</dt>
        <dd>
          <Ids one={message} />
        </dd>
        <dt>{t.verdict}</dt>
        <dd>
          <Verdict one={message} />
        </dd>
        {message.remedy && (
          <>
            <dt>{t.remedy}</dt>
            <dd>
              {message.remedy} <span className="code quiet">{message.code}</span>
            </dd>
          </>
        )}
        <dt>{t.person}</dt>
        <dd>
          {people.length === 0 && <span className="quiet">{t.notYet}</span>}
          {people.map((person) => (
            <Link key={person} to="/customers/$person" params={{ person }} className="row">
              {t.toPerson} <span className="code">{person}</span>
            </Link>
          ))}
        </dd>
      </dl>
      {masked && <Alert type="info" showIcon title={raw ? t.masked : t.unreadable} />}
      {raw && <CopyCode name={t.raw} code={pretty(raw)} />}
    </div>
  );
}

function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
