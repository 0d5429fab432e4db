// Making and changing a tracking plan: what sources may send, what becomes of the rest, and a trial of it.
import { HistoryOutlined, SaveOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { AwaitPage } from "@/ui/AwaitPage";
import { Conflict, KeptDraft, UndoButtons, useEditingKeys } from "@/ui/editing";
import { useHistory, useUnsavedGuard } from "@/ui/history";
import { IDENTIFIER, nameOf } from "@/ui/identifier";
import { JsonDifference } from "@/ui/JsonDifference";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { remember } from "@/ui/remembered";
import { useMay } from "@/ui/rights";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Plan, proposePlan, type ReadPlan, readPlan, savePlan } from "./asking";
import { begin, faultsOf, fromPlan, type PlanDraft, toPlan } from "./plan-draft";
import { PlanActions } from "./PlanActions";
import { PlanEvents } from "./PlanEvents";
import { PlanHead } from "./PlanHead";
import { PlanHistory } from "./PlanHistory";
import { PlanTrial } from "./PlanTrial";
import { WORDS } from "./plan-words";
import "./plans.css";

export function NewPlan() {
  const t = useWords(WORDS);
  const [{ source = "" }] = useUrlState<{ source?: string }>();
  // Read once: what comes meanwhile must not change what is being edited.
  const proposed = useQuery({ queryKey: ["proposed plan", source], queryFn: () => proposePlan(source), enabled: source !== "", staleTime: Infinity, gcTime: 0, retry: false });
  if (!source) return <Editor first={begin()} />;
  return (
    <AwaitPage of={proposed} title={t.newTitle} wayOn={<LinkButton to="/quality" search={{ tab: "plans" }}>{t.all}</LinkButton>}>
      {(plan) => <Editor key={source} first={fromPlan(plan)} />}
    </AwaitPage>
  );
}

export function EditPlan() {
  const t = useWords(WORDS);
  const { name = "" } = useParams({ strict: false });
  const found = useQuery({ queryKey: ["plan to edit", name], queryFn: () => readPlan(name), staleTime: Infinity, gcTime: 0 });
  return (
    <AwaitPage of={found} title={t.editTitle(name)} wayOn={<LinkButton to="/quality" search={{ tab: "plans" }}>{t.all}</LinkButton>}>
      {(read) => <Editor key={name} first={fromPlan(read.body)} saved={read} />}
    </AwaitPage>
  );
}

function Editor({ first, saved }: { first: PlanDraft; saved?: ReadPlan }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const may = useMay("define");
  const draft = useHistory(first);
  const plan = useMemo(() => toPlan({ ...draft.now, name: saved?.body.name ?? nameFor(draft.now) }), [draft.now, saved]);
  const said = JSON.stringify(plan);
  const [before, setBefore] = useState(said);
  const [history, setHistory] = useState(false);
  const changed = said !== before;
  const kept = `draft.plan.${saved?.body.name ?? "new"}`;
  const faults = useMemo(() => faultsOf(draft.now), [draft.now]);
  const saving = useSaving(plan, saved, kept, () => setBefore(said));
  const save = () => void (faults.length === 0 && saving.save());
  useUnsavedGuard(changed && !saving.busy);
  useEditingKeys(draft, () => may && save());
  const set = (part: Partial<PlanDraft>) => draft.set((now) => ({ ...now, ...part }));
  const actions = (
    <>
      <LinkButton to="/quality" search={{ tab: "plans" }}>
        {t.all}
      </LinkButton>
      {saved && (
        <Button icon={<HistoryOutlined aria-hidden />} onClick={() => setHistory(true)}>
          {t.history}
        </Button>
      )}
      <UndoButtons of={draft} />
      {may && (
        <Button type="primary" icon={<SaveOutlined aria-hidden />} loading={saving.busy} disabled={faults.length > 0} onClick={save}>
          {t.save}
        </Button>
      )}
    </>
  );
  return (
    <PageShell title={saved ? t.editTitle(labelOf(saved.body, lang)) : t.newTitle} lead={t.editorLead} actions={actions}>
      {!may && <Alert type="info" showIcon title={t.noRight} />}
      <KeptDraft<Plan> name={kept} now={plan} changed={changed} onRestore={(one) => draft.set(fromPlan(one))} />
      {saving.problem && <Refused problem={saving.problem} mine={plan} onMine={(version) => void saving.save(version)} onTheirs={(theirs) => {
        draft.set(fromPlan(theirs.body));
        saving.follow(theirs.version);
      }} />}
      {faults.length > 0 && <Alert type="warning" showIcon role="status" title={t.faultsLeft(f.count(faults.length))} />}
      <div className="plan-editor">
        <div className="stack">
          <Panel title={t.about}>
            <PlanHead draft={draft.now} named={saved ? undefined : nameFor(draft.now)} onChange={set} />
          </Panel>
          <Panel title={`${t.events} · ${f.count(draft.now.events.length)}`}>
            <PlanEvents draft={draft.now} faults={faults} onChange={draft.set} />
          </Panel>
          <Panel title={t.violations}>
            <PlanActions draft={draft.now} onChange={set} />
          </Panel>
        </div>
        <aside aria-label={t.trial}>
          <PlanTrial plan={plan} blocked={faults.length > 0 || !IDENTIFIER.test(plan.name)} />
        </aside>
      </div>
      {history && saved && <PlanHistory name={saved.body.name} now={plan} onTake={(one) => draft.set(fromPlan(one))} onClose={() => setHistory(false)} />}
    </PageShell>
  );
}

const nameFor = (draft: PlanDraft): string => draft.name.trim() || nameOf(draft.zh || draft.en || "plan");

interface Saving {
  save: (over?: number) => Promise<void>;
  /** From now on, what is edited takes the place of this version. */
  follow: (version: number) => void;
  busy: boolean;
  problem: Problem | null;
}

function useSaving(plan: Plan, saved: ReadPlan | undefined, kept: string, onDone: () => void): Saving {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [state, setState] = useState<{ version: number | null; busy: boolean; problem: Problem | null }>({ version: saved?.version ?? null, busy: false, problem: null });
  const save = async (over?: number) => {
    if (!IDENTIFIER.test(plan.name)) {
      void message.warning(t.badName);
      return;
    }
    setState((old) => ({ ...old, busy: true, problem: null }));
    try {
      const { version } = await savePlan(plan, over ?? state.version);
      remember(kept, undefined);
      onDone();
      setState({ version, busy: false, problem: null });
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "plan to edit" && queryKey[0] !== "proposed plan" });
      void message.success(t.saved);
      if (!saved) void navigate({ to: "/quality/plans/$name/edit", params: { name: plan.name }, replace: true });
    } catch (error) {
      setState((old) => ({ ...old, busy: false, problem: asProblem(error) }));
    }
  };
  const follow = (version: number) => setState((old) => ({ ...old, version, problem: null }));
  return { save, follow, busy: state.busy, problem: state.problem };
}

/** A plan that was not saved: why, and where somebody else was first, both versions and the choice. */
function Refused({ problem, mine, onMine, onTheirs }: { problem: Problem; mine: Plan; onMine: (version: number) => void; onTheirs: (theirs: ReadPlan) => void }) {
  const f = useFormats();
  const conflict = problem.code === "catalog.changed";
  const { author, at, version } = problem.details as { author: string; at: string; version: number };
  const theirs = useQuery({ queryKey: ["their plan", mine.name, String(version)], queryFn: () => readPlan(mine.name), enabled: conflict }).data;
  if (!conflict) return <Alert type="error" showIcon role="alert" title={problem.message} description={[problem.remedy, problem.where].filter(Boolean).join(" · ")} />;
  return (
    <Conflict
      who={`${author} · ${f.ago(at)}`}
      version={version}
      both={theirs && (([left, right]) => <JsonDifference name={`- ${left} / + ${right}`} before={theirs.body} after={mine} />)}
      onMine={() => onMine(version)}
      onTheirs={() => theirs && onTheirs(theirs)}
    />
  );
}
