// The live tail: messages as they land, to be paused, filtered and opened.
import { PauseCircleOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Alert, Badge, Button, Form, Input, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { LinkButton } from "@/ui/LinkButton";
import { PageShell, Panel } from "@/ui/PageShell";
import { FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { feedsQuery } from "./asking";
import { Messages } from "./Messages";
import { type Tailing, useTail, type Wanted } from "./tailing";
import { WORDS } from "./words";
import "./sources.css";

export function Live() {
  const t = useWords(WORDS);
  const [wanted, setWanted] = useUrlState<Wanted>();
  const [paused, setPaused] = useState(false);
  const { source, event, who } = wanted;
  const tail = useTail({ source, event: textOf(event), who: textOf(who) }, { paused });
  const filtered = Boolean(source ?? event ?? who);
  const toggle = (
    <Button type="primary" icon={paused ? <PlayCircleOutlined /> : <PauseCircleOutlined />} onClick={() => setPaused(!paused)} aria-pressed={paused}>
      {paused ? t.goOnLive : t.pause}
    </Button>
  );
  const none = (
    <NothingYet title={t.noneLive} action={<LinkButton to="/sources">{t.title}</LinkButton>}>
      {t.noneLiveHow}
    </NothingYet>
  );
  const clear = () => setWanted({ source: undefined, event: undefined, who: undefined });
  const empty = filtered ? <FilteredToNothing onClear={clear} /> : none;
  return (
    <PageShell title={t.live} lead={t.liveLead} actions={toggle}>
      <Panel>
        <div className="stack">
          <Filters key={`${source ?? ""} ${event ?? ""} ${who ?? ""}`} wanted={wanted} onChange={setWanted} />
          <State tail={tail} />
          {tail.passed && <Alert type="warning" showIcon title={t.tooFast} />}
          <Messages tail={tail} empty={tail.state === "connecting" ? <p className="quiet">{t.connecting}</p> : empty} />
        </div>
      </Panel>
    </PageShell>
  );
}

/** What stands in an address may have been read as a number. */
const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : String(value as string | number));

function State({ tail }: { tail: Tailing }) {
  const t = useWords(WORDS);
  const said = { connecting: t.connecting, listening: t.listening, again: t.again, paused: t.paused }[tail.state];
  const look = { connecting: "default", listening: "success", again: "warning", paused: "default" } as const;
  return (
    <div role="status">
      <Badge status={look[tail.state]} text={said} />
    </div>
  );
}

function Filters({ wanted, onChange }: { wanted: Wanted; onChange: (wanted: Wanted) => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const feeds = useQuery(feedsQuery).data ?? [];
  const sources = feeds.filter((one) => one.ways.includes("keys")).map((one) => ({ value: one.name, label: labelOf(one, lang) }));
  const apply = ({ source, event, who }: Wanted) => onChange({ source: source || undefined, event: event?.trim() || undefined, who: who?.trim() || undefined });
  return (
    <Form<Wanted> layout="inline" className="live-filters" initialValues={{ source: wanted.source ?? "", event: textOf(wanted.event), who: textOf(wanted.who) }} onFinish={apply}>
      <Form.Item name="source" label={t.source}>
        <Select options={[{ value: "", label: t.anySource }, ...sources]} style={{ minWidth: 150 }} />
      </Form.Item>
      <Form.Item name="event" label={t.event}>
        <Input placeholder={t.eventHint} autoComplete="off" />
      </Form.Item>
      <Form.Item name="who" label={t.who}>
        <Input placeholder={t.whoHint} autoComplete="off" />
      </Form.Item>
      <div className="row">
        <Button htmlType="submit">{t.apply}</Button>
        {Boolean(wanted.source ?? wanted.event ?? wanted.who) && (
          <Button type="text" onClick={() => onChange({ source: undefined, event: undefined, who: undefined })}>
            {t.clear}
          </Button>
        )}
      </div>
    </Form>
  );
}
