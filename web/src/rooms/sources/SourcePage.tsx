// One source: whether data comes, its keys, the code to copy, and what came day by day.
import { CheckCircleFilled, LoadingOutlined } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { TimeChart } from "@/charts/kinds";
import { useJobActions } from "@/jobs/acting";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Feed, feedsQuery } from "./asking";
import { Keys } from "./Keys";
import { Messages } from "./Messages";
import { Snippets } from "./Snippets";
import { Ways } from "./Sources";
import { useTail } from "./tailing";
import { WORDS } from "./words";
import "./sources.css";

const LOOK_MS = 10_000;
const SHOWN = 5;

export function SourcePage() {
  const t = useWords(WORDS);
  const lang = useLang();
  const { name } = useParams({ strict: false }) as { name: string };
  const feeds = useQuery({ ...feedsQuery, refetchInterval: LOOK_MS });
  const one = feeds.data?.find((feed) => feed.name === name);
  return (
    <PageShell title={one ? labelOf(one, lang) : name} lead={one && labelOf(one, lang) !== name ? <span className="code">{name}</span> : undefined} actions={<LinkButton to="/sources">{t.toAll}</LinkButton>}>
      <Await of={feeds}>{() => <Page name={name} one={one} />}</Await>
    </PageShell>
  );
}

/** A source of which nothing is known yet is as good as any: it begins with its first key. */
function Page({ name, one }: { name: string; one?: Feed }) {
  const sends = !one || one.keys > 0 || one.ways.includes("keys") || one.ways.length === 0;
  const may = useMay("import");
  return (
    <>
      {one && <Facts one={one} />}
      {sends && <FirstMessage name={name} known={Boolean(one?.received_at)} keys={one?.keys ?? 0} />}
      <Keys source={name} />
      {may && sends && <Snippets source={name} />}
      {sends && <Newest name={name} />}
      {one && <History one={one} />}
    </>
  );
}

function Facts({ one }: { one: Feed }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const waiting = f.count(one.waiting);
  return (
    <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
      <Figure label={t.received} value={one.received_at ? <span title={f.moment(one.received_at)}>{f.ago(one.received_at)}</span> : t.never} />
      <Figure label={t.rows} value={f.count(one.rows)} note={<Ways one={one} />} />
      <Figure label={t.aside} value={f.count(one.set_aside)} />
      <Figure label={t.waiting} value={one.counting ? `≥ ${waiting}` : waiting} note={one.counting ? t.atLeast : one.waiting ? t.waitingHow(waiting) : undefined} />
    </div>
  );
}

/** Waits for the first message of a source that has a key, and says when it has come. */
function FirstMessage({ name, known, keys }: { name: string; known: boolean; keys: number }) {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const { refresh, asking } = useJobActions();
  const mayRefresh = useMay("refresh");
  const { messages } = useTail({ source: name }, { last: 1, keep: 1, enabled: keys > 0 && !known });
  const first = messages[0];
  useEffect(() => {
    if (first) void client.invalidateQueries({ queryKey: ["sources"] });
  }, [first, client]);
  if (first) {
    return (
      <div role="status">
        <Alert
          type="success"
          showIcon
          icon={<CheckCircleFilled />}
          title={t.arrived}
          description={t.arrivedHow}
          action={
            mayRefresh && (
              <Button loading={asking} onClick={() => void refresh()}>
                {t.refresh}
              </Button>
            )
          }
        />
      </div>
    );
  }
  if (known || keys === 0) return null;
  return (
    <div role="status">
      <Alert type="info" showIcon icon={<LoadingOutlined />} title={t.waitFirst} description={t.waitFirstHow} />
    </div>
  );
}

function Newest({ name }: { name: string }) {
  const t = useWords(WORDS);
  const tail = useTail({ source: name }, { last: SHOWN, keep: SHOWN });
  const all = (
    <LinkButton type="link" to="/live" search={{ source: name }}>
      {t.seeAll}
    </LinkButton>
  );
  return (
    <Panel title={t.newest} extra={all}>
      <Messages tail={tail} empty={<p className="quiet">{t.nothing}</p>} />
    </Panel>
  );
}

function History({ one }: { one: Feed }) {
  const t = useWords(WORDS);
  const some = one.days.some((day) => day.rows > 0);
  const series = [
    { name: t.rows, values: one.days.map((day) => day.rows), bar: true },
    { name: t.asideSeries, values: one.days.map((day) => day.set_aside) },
  ];
  const links = (
    <span className="row beside-tools">
      {one.connectors.map((connector) => (
        <LinkButton key={connector} type="link" to="/connectors/$name" params={{ name: connector }}>
          {connector}
        </LinkButton>
      ))}
      <LinkButton type="link" to="/imports">
        {t.imports}
      </LinkButton>
    </span>
  );
  return (
    <Panel title={t.history} extra={links}>
      {some ? <TimeChart name={t.history} at={one.days.map((day) => day.day.slice(5))} series={series} /> : <NothingYet title={t.nothing} />}
    </Panel>
  );
}
