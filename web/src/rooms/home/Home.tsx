// The first page: a welcome where there is nothing yet, else the workspace at a glance and what to do next.
import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { JobLine } from "@/jobs/JobLine";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { type AtAGlance, homeQuery, useGoing } from "./asking";
import { Checklist } from "./Checklist";
import { Growth, KeyFigures, Reachable } from "./Glance";
import { Notices } from "./Notices";
import { Sources } from "./Sources";
import { Starts } from "./Starts";
import { Welcome } from "./Welcome";
import { WORDS } from "./words";
import "./home.css";

export function Home() {
  const t = useWords(WORDS);
  const f = useFormats();
  const home = useQuery(homeQuery);
  const lead = home.data && (home.data.as_of ? t.asOf(f.moment(home.data.as_of)) : home.data.records > 0 ? t.notYet : undefined);
  return (
    <PageShell title={t.title} lead={lead}>
      <Await of={home} rows={10}>
        {(one) => (one.records === 0 && one.people === 0 ? <First one={one} /> : <Glance one={one} />)}
      </Await>
    </PageShell>
  );
}

function First({ one }: { one: AtAGlance }) {
  return (
    <>
      <Welcome />
      <Attention one={one} />
      <Checklist one={one} />
    </>
  );
}

function Glance({ one }: { one: AtAGlance }) {
  return (
    <>
      <Notices one={one} />
      <Going />
      <Attention one={one} />
      {one.as_of && <KeyFigures one={one} />}
      <div className="home-split">
        <div className="stack">
          {one.growth.length > 0 && <Growth one={one} />}
          <Sources one={one} />
        </div>
        <div className="stack">
          <Checklist one={one} />
          {one.people > 0 && <Starts />}
          {one.people > 0 && <Reachable one={one} />}
        </div>
      </div>
    </>
  );
}

function Going() {
  const t = useWords(WORDS);
  const going = useGoing();
  if (going.length === 0) return null;
  return (
    <Panel title={t.running}>
      <div className="stack">
        {going.map((job) => (
          <JobLine key={job.number} job={job} named />
        ))}
      </div>
    </Panel>
  );
}

function Attention({ one }: { one: AtAGlance }) {
  const t = useWords(WORDS);
  const extra = (
    <Link to="/jobs" search={{ state: "failed" }}>
      <Button type="link" size="small">
        {t.allJobs}
      </Button>
    </Link>
  );
  if (one.attention.length === 0) return null;
  return (
    <Panel title={t.attention} extra={extra}>
      <div className="stack">
        {one.attention.map((job) => (
          <JobLine key={job.number} job={job} named />
        ))}
      </div>
    </Panel>
  );
}
