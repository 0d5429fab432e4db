// The first run: sample data or one's own. Those who may not import are told whom to ask.
import { CloudUploadOutlined, ExperimentOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Link } from "@tanstack/react-router";
import { useJobActions } from "@/jobs/acting";
import { JobLine } from "@/jobs/JobLine";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { NothingYet } from "@/ui/states";
import { useWords } from "@/ui/words";
import { loadSamples, useGoing } from "./asking";
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
      <div className="grid" style={{ "--least": "300px" } as React.CSSProperties}>
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
