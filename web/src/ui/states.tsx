// What a page shows when it has nothing to show, four ways apart: nothing yet, filtered to nothing,
// no right, and a problem. And what it shows while it waits.
import { CloseCircleOutlined, DisconnectOutlined, FilterOutlined, InboxOutlined, LockOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problems";
import { useWords, words } from "./words";

const WORDS = words({
  zh: {
    filtered: "没有符合筛选条件的内容",
    clear: "清除筛选",
    refused: "你没有看这个页面的权限",
    ask: (what: string) => `${what}。请管理员在「成员与角色」里授予。`,
    retry: "重试",
    gone: "连不上服务器",
    goneHow: "看看 qunxiang serve 是否还在运行,或网络是否通畅;恢复后会自动重试。",
    code: "代码",
    loading: "正在载入",
  },
  en: {
    filtered: "Nothing matches the filters",
    clear: "Clear filters",
    refused: "You do not have the right to see this page",
    ask: (what: string) => `${what}. An administrator can grant it under “Members and roles”.`,
    retry: "Try again",
    gone: "The server does not answer",
    goneHow: "See whether qunxiang serve is still running and the network is up; it is tried again by itself.",
    code: "Code",
    loading: "Loading",
  },
});

/** Nothing is here yet: what it is for, and the one thing to do next. */
export function NothingYet({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <InboxOutlined style={{ fontSize: 32 }} aria-hidden />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** There is something, but the filters hide all of it. */
export function FilteredToNothing({ onClear }: { onClear: () => void }) {
  const t = useWords(WORDS);
  return (
    <div className="empty">
      <FilterOutlined style={{ fontSize: 28 }} aria-hidden />
      <h2>{t.filtered}</h2>
      <Button onClick={onClear}>{t.clear}</Button>
    </div>
  );
}

/** A refusal or a failure: what, where, and what to do. */
export function ProblemView({ error, onRetry, action }: { error: unknown; onRetry?: () => void; action?: ReactNode }) {
  const t = useWords(WORDS);
  const problem = asProblem(error);
  const refused = problem.code === "governance.not_allowed"; // of other refusals the server tells more
  const [Icon, title] = problem.isGone
    ? [DisconnectOutlined, t.gone]
    : refused
      ? [LockOutlined, t.refused]
      : [CloseCircleOutlined, problem.message];
  return (
    <div className="empty" role="alert">
      <Icon style={{ fontSize: 28 }} aria-hidden />
      <h2>{title}</h2>
      <p>{problem.isGone ? t.goneHow : refused ? t.ask(problem.message) : problem.remedy}</p>
      {!problem.isGone && (
        <p className="code">
          {t.code} {problem.code}
          {problem.where ? ` · ${problem.where}` : ""}
        </p>
      )}
      {action ?? (onRetry && problem.status !== 403 && <Button onClick={onRetry}>{t.retry}</Button>)}
    </div>
  );
}

/** Shows a question's answer; while it waits a skeleton, and a problem where it was refused. */
export function Await<T>({ of, children, rows = 4, action }: { of: UseQueryResult<T>; children: (data: T) => ReactNode; rows?: number; action?: ReactNode }) {
  const t = useWords(WORDS);
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <ProblemView error={of.error} onRetry={() => void of.refetch()} action={action} />;
  return (
    <div role="status" aria-label={t.loading}>
      <Skeleton active paragraph={{ rows }} />
    </div>
  );
}
