// What a tag would be if it were saved now: how many people would have it, and how its values are spread.
import { Alert } from "antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { api, got, type Schemas } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import { useSettled } from "@/ui/history";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useWords } from "@/ui/words";
import type { Tag } from "./asking";
import { lacksOf, orderOf, type TagDraft, toTag } from "./draft";
import { WORDS } from "./editor-words";

const Distribution = lazy(() => import("@/charts/Distribution").then((m) => ({ default: m.Distribution })));

const SETTLE_MS = 500;

export interface Trying {
  data: Schemas["PreviewAnswer"] | undefined;
  problem: Problem | null;
  /** What is shown is of an older version of the draft. */
  stale: boolean;
  lacks: string[];
}

/** Tries the draft out a little after each change; an older question is given up. */
export function useTrying(draft: TagDraft, savedAs: string | undefined): Trying {
  const lacks = lacksOf(draft.how);
  const said = JSON.stringify({ ...(savedAs ? { name: savedAs } : {}), how: toTag(draft).how });
  const settled = useSettled(said, SETTLE_MS);
  const tried = useQuery({
    queryKey: ["tag preview", settled],
    queryFn: ({ signal }) => got(api.POST("/v1/tags/preview", { body: { definition: JSON.parse(settled) as Tag }, signal })),
    enabled: lacks.length === 0 && settled === said && draft.how.kind !== "manual",
    placeholderData: keepPreviousData,
    retry: false,
  });
  return { data: tried.data, problem: tried.error && settled === said ? asProblem(tried.error) : null, stale: settled !== said || tried.isFetching, lacks };
}

export function Preview({ trying, draft }: { trying: Trying; draft: TagDraft }) {
  const t = useWords(WORDS);
  return (
    <Panel title={t.preview}>
      <div aria-live="polite" aria-busy={trying.stale}>
        {draft.how.kind === "manual" ? <p className="quiet">{t.manualPreview}</p> : <Shown trying={trying} order={orderOf(draft.how)} />}
      </div>
    </Panel>
  );
}

function Shown({ trying: { data, problem, stale, lacks }, order }: { trying: Trying; order: readonly string[] }) {
  const t = useWords(WORDS);
  if (lacks.length > 0) {
    return (
      <>
        <p className="quiet">{t.previewWait}</p>
        <p>
          {t.lacking}
          {lacks.map((one) => t.lacks[one] ?? one).join("、")}
        </p>
      </>
    );
  }
  if (problem) return <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} />;
  if (!data) return <p className="quiet">{t.counting}…</p>;
  return <Figures data={data} stale={stale} order={order} />;
}

function Figures({ data, stale, order }: { data: Schemas["PreviewAnswer"]; stale: boolean; order: readonly string[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const yesno = data.portrait.kind === "yesno";
  const people = yesno ? (data.portrait.shares.find((one) => one.value === "true")?.count ?? 0) : data.people;
  return (
    <div className="stack">
      <div>
        <div className={`live-count ${stale ? "stale" : ""}`} data-testid="count">
          {f.count(people)} <small style={{ fontSize: 14, fontWeight: 400 }}>{yesno ? t.yes : t.has}</small>
        </div>
        <div className="quiet">
          {t.ofAll(f.share(data.total ? people / data.total : 0), f.count(data.total))}
          {stale && ` · ${t.counting}`}
        </div>
      </div>
      {data.warnings.length > 0 && <Alert type="warning" showIcon title={t.attention} description={data.warnings.map((one) => [one.message, one.suggestions.join(" / ")].filter(Boolean).join(" → ")).join(";")} />}
      {data.people > 0 && (
        <div style={{ marginTop: data.portrait.numbers ? 20 : 0 }}>
          <Suspense>
            <Distribution of={data.portrait} order={order} />
          </Suspense>
        </div>
      )}
    </div>
  );
}
