// How many people the rule being edited holds for, asked again a little after each change; an older
// question is given up. Counts and complaints are given to the nodes of the draft they are of.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, got, type Schemas } from "@/api/client";
import { useLive } from "@/api/live";
import { asProblem } from "@/api/problems";
import { useSettled } from "@/ui/history";
import { type GroupDraft, idAt, toRule } from "./draft";
import type { NodeCount, NodeNotes } from "./RuleEditor";

export type Counted = Schemas["CountAnswer"];
type Step = Schemas["StepAnswer"];

const SETTLE_MS = 300;

export interface Counting {
  data: Counted | undefined;
  /** The figures are of an older version of the rule. */
  stale: boolean;
  error: unknown;
  retry: () => void;
  notes: NodeNotes;
  /** How many conditions are asked. */
  asked: number;
}

export function useCounting(root: GroupDraft): Counting {
  const made = useMemo(() => toRule(root), [root]);
  const said = useMemo(() => JSON.stringify(made.rule), [made]);
  const settled = useSettled(said, SETTLE_MS);
  const query = useQuery({
    queryKey: ["count", settled],
    queryFn: ({ signal }) => got(api.POST("/v1/count", { body: { rule: JSON.parse(settled) as never }, signal })),
    placeholderData: keepPreviousData,
  });
  useLive(["count", settled]);
  const stale = settled !== said || (query.isFetching && query.isPlaceholderData);
  const fresh = settled === said && !query.isPlaceholderData;
  const notes = useMemo<NodeNotes>(() => {
    const counts = new Map<string, NodeCount>();
    const visit = (step: Step) => {
      const id = made.ids.get(step.path);
      if (id && !counts.has(id)) counts.set(id, { alone: step.alone, soFar: step.so_far ?? null });
      step.parts.forEach(visit);
    };
    if (query.data && fresh) visit(query.data.steps);
    const problems = new Map<string, string>();
    if (query.error && settled === said) {
      const problem = asProblem(query.error);
      const id = idAt(made.ids, problem.where);
      if (id) problems.set(id, problem.said);
    }
    for (const warning of query.data && fresh ? query.data.warnings : []) {
      const id = idAt(made.ids, warning.where ?? null);
      if (id) problems.set(id, [warning.message, warning.suggestions.join(" / ")].filter(Boolean).join(" → "));
    }
    return { counts, total: query.data?.total ?? 0, stale, problems, incomplete: new Set(made.incomplete) };
  }, [made, query.data, query.error, fresh, settled, said, stale]);
  return { data: query.data, stale, error: settled === said ? query.error : null, retry: () => void query.refetch(), notes, asked: made.asked };
}
