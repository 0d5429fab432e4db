// Who may pass: without an owner the set-up, without a session the sign-in, else the pages.
// A session that ends while somebody works asks for the password over the page, which is kept.
import { Modal } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { onProblem } from "@/api/client";
import { sessionQuery, statusQuery, useSession } from "@/api/session";
import { type Scope, type Wearer, WearerContext } from "@/ui/rights";
import { zone } from "@/ui/numbers";
import { ProblemView } from "@/ui/states";
import { useWords, words } from "@/ui/words";
import { LookButtons } from "./LookButtons";
import { Shell } from "./Shell";

const EntryPage = lazy(() => import("@/rooms/entry/Entry").then((m) => ({ default: m.EntryPage })));
const SessionEnded = lazy(() => import("@/rooms/entry/Entry").then((m) => ({ default: m.SessionEnded })));

const WORDS = words({ zh: { again: "请重新登录" }, en: { again: "Sign in again" } });

export function Root() {
  const t = useWords(WORDS);
  const status = useQuery(statusQuery);
  const session = useSession();
  const client = useQueryClient();
  const last = useRef<Wearer | null>(null);
  useEffect(
    () =>
      onProblem((problem) => {
        if (problem.status === 401 && last.current) client.setQueryData(sessionQuery.queryKey, null);
      }),
    [client],
  );
  if (session.data) last.current = { name: session.data.name, scopes: session.data.scopes as Scope[] };
  if (status.data) zone.name = status.data.time_zone;
  if (session.error ?? status.error) return <ProblemView error={session.error ?? status.error} onRetry={() => void Promise.all([session.refetch(), status.refetch()])} />;
  if (session.data === undefined || status.data === undefined) return <div className="first-paint" />;
  if (!last.current) {
    return (
      <Suspense fallback={<div className="first-paint" />}>
        <EntryPage first={!status.data.set_up} tools={<LookButtons />} />
      </Suspense>
    );
  }
  return (
    <WearerContext.Provider value={last.current}>
      <Shell />
      <Modal open={session.data === null} title={t.again} footer={null} closable={false} keyboard={false} mask={{ closable: false }}>
        <Suspense>{session.data === null && <SessionEnded name={last.current.name} />}</Suspense>
      </Modal>
    </WearerContext.Provider>
  );
}
