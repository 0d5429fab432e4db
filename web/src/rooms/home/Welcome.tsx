// The first run: sample data or one's own. Those who may not import are told whom to ask.
import { ApiOutlined, CloudUploadOutlined, ExperimentOutlined } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useJobActions } from "@/jobs/acting";
import { JobLine } from "@/jobs/JobLine";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { NothingYet } from "@/ui/states";
import { useWords } from "@/ui/words";
import { feedsQuery, loadSamples, useGoing } from "./asking";
import { WORDS } from "./words";

export function Welcome() {
  const t = useWords(WORDS);
  const mayImport = useMay("import");
  const mayDefine = useMay("define");
  const mayRefresh = useMay("refresh");
  const { ask, asking } = useJobActions();
  const going = useGoing();
  if (going.length > 0) {
    return (
      <Panel title={going.some((job) => job.what === "samples") ? t.making : undefined}>
        <div className="stack">
          {going.map((job) => (
            <JobLine key={job.number} job={job} named={job.what !== "samples"} />
          ))}
          <p className="quiet">{t.makingLead}</p>
        </div>
      </Panel>
    );
  }
  if (!mayImport) {
    return (
      <Panel>
        <NothingYet title={t.waitForData}>{t.waitForDataLead}</NothingYet>
      </Panel>
    );
  }
  return (
    <div className="welcome">
      <h2>{t.welcome}</h2>
      <p>{t.welcomeLead}</p>
      <Landed />
      <div className="grid" style={{ "--least": "260px" } as React.CSSProperties}>
        <section className="panel choice">
          <CloudUploadOutlined aria-hidden />
          <h3>{t.mine}</h3>
          <p>{t.mineLead}</p>
          <Link to="/imports/new">
            <Button size="large" type="primary">
              {t.mineGo}
            </Button>
          </Link>
        </section>
        <section className="panel choice">
          <ApiOutlined aria-hidden />
          <h3>{t.live}</h3>
          <p>{t.liveLead}</p>
          <Link to="/sources" search={{ connect: true }}>
            <Button size="large">{t.liveGo}</Button>
          </Link>
        </section>
        {mayDefine && mayRefresh && (
          <section className="panel choice">
            <ExperimentOutlined aria-hidden />
            <h3>{t.sample}</h3>
            <p>{t.sampleLead}</p>
            <Button size="large" loading={asking} onClick={() => void ask(loadSamples)}>
              {t.sampleGo}
            </Button>
          </section>
        )}
      </div>
    </div>
  );
}

/** Messages have landed, but nothing was refreshed yet. */
function Landed() {
  const t = useWords(WORDS);
  const f = useFormats();
  const mayRefresh = useMay("refresh");
  const { refresh, asking } = useJobActions();
  const feeds = useQuery(feedsQuery).data ?? [];
  const waiting = feeds.reduce((sum, one) => sum + one.waiting, 0);
  if (waiting === 0) return null;
  const now = mayRefresh && (
    <Button type="primary" loading={asking} onClick={() => void refresh()}>
      {t.refresh}
    </Button>
  );
  return <Alert type="success" showIcon title={t.landed(f.count(waiting))} description={t.landedHow} action={now} style={{ marginBottom: 16, textAlign: "start" }} />;
}
