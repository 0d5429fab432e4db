// The import wizard: a file, what its columns mean, who its rows are about, a check, and the import. Where
// it is stands in the address, what was corrected in this browser; a reload loses nothing.
import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { asProblem } from "@/api/problems";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet, ProblemView } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { definitionsQuery } from "./asking";
import { CheckStep } from "./CheckStep";
import { ColumnsStep } from "./ColumnsStep";
import { mappingOf, useDraft } from "./draft";
import { FileStep } from "./FileStep";
import { IdentityStep } from "./IdentityStep";
import { ImportStep } from "./ImportStep";
import { ShapeStep } from "./ShapeStep";
import { keptQuery, lookQuery, type Place, type Step, STEPS, type Wizard } from "./wizard";
import { WORDS } from "./wizard-words";
import { WizardSteps } from "./WizardSteps";
import "./imports.css";

export function NewImport() {
  const t = useWords(WORDS);
  const may = useMay("import");
  const [{ upload, step = "file", job }, setUrl] = useUrlState<Place>();
  const go = (next: Step, number?: number) => setUrl({ step: next, job: number }, { replace: false });
  const anew = (
    <Link to="/imports/new">
      <Button>{t.startOver}</Button>
    </Link>
  );
  if (!may) {
    return (
      <PageShell title={t.title}>
        <Panel>
          <NothingYet title={t.noRight}>{t.noRightHow}</NothingYet>
        </Panel>
      </PageShell>
    );
  }
  return (
    <PageShell title={t.title} actions={upload && step !== "import" && anew}>
      <WizardSteps at={STEPS.includes(step) ? step : "file"} onGo={step === "import" ? undefined : go} />
      {!upload && <FileStep onKept={(kept) => setUrl({ upload: kept, step: "file", job: undefined }, { replace: false })} />}
      {upload && step === "import" && job !== undefined && <ImportStep key={job} upload={upload} number={Number(job)} />}
      {upload && !(step === "import" && job !== undefined) && <Reading key={upload} upload={upload} step={step} job={job === undefined ? undefined : Number(job)} go={go} />}
    </PageShell>
  );
}

/** The steps that need the file; it may be gone by now. */
function Reading({ upload, step, job, go }: { upload: string; step: Step; job: number | undefined; go: Wizard["go"] }) {
  const t = useWords(WORDS);
  const [draft, change] = useDraft(upload);
  const kept = useQuery(keptQuery(upload));
  const look = useQuery({ ...lookQuery(upload, draft), enabled: kept.data !== undefined });
  const definitions = useQuery(definitionsQuery);
  if (kept.error && asProblem(kept.error).code === "app.no_upload") return <Expired />;
  if (look.error) {
    return (
      <Panel>
        <ProblemView error={look.error} onRetry={() => void look.refetch()} />
        <div className="row" style={{ justifyContent: "center" }}>
          <Button type="primary" onClick={() => change({ overrides: {}, source: undefined, rows: undefined })}>
            {t.reset}
          </Button>
        </div>
      </Panel>
    );
  }
  return (
    <Await of={kept} rows={8}>
      {(file) => (
        <Await of={definitions} rows={8}>
          {(known) => (
            <Await of={look} rows={8}>
              {(seen) => <At step={step} job={job} wizard={{ kept: file, look: seen, definitions: known, mapping: mappingOf(seen, draft), draft, change, go }} />}
            </Await>
          )}
        </Await>
      )}
    </Await>
  );
}

function At({ step, job, wizard }: { step: Step; job: number | undefined; wizard: Wizard }) {
  if (step === "columns") return <ColumnsStep wizard={wizard} />;
  if (step === "identity") return <IdentityStep wizard={wizard} />;
  if (step === "check") return <CheckStep wizard={wizard} number={job} />;
  return <ShapeStep wizard={wizard} />;
}

function Expired() {
  const t = useWords(WORDS);
  const action = (
    <Link to="/imports/new">
      <Button type="primary">{t.expiredGo}</Button>
    </Link>
  );
  return (
    <Panel>
      <NothingYet title={t.expired} action={action}>
        {t.expiredHow}
      </NothingYet>
    </Panel>
  );
}
