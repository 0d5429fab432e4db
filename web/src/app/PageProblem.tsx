// A page that broke: what happened, and a way on. The rest of the console stays usable.
import type { ErrorComponentProps } from "@tanstack/react-router";
import { PageShell } from "@/ui/PageShell";
import { ProblemView } from "@/ui/states";
import { useWords, words } from "@/ui/words";
import { isStale, Stale } from "./Stale";

const WORDS = words({
  zh: { title: "页面出错了" },
  en: { title: "The page broke" },
});

export function PageProblem({ error, reset }: ErrorComponentProps) {
  const t = useWords(WORDS);
  return (
    <PageShell title={t.title}>
      {isStale(error) ? <Stale /> : <ProblemView error={error} onRetry={reset} />}
    </PageShell>
  );
}
