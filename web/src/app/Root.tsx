// Who may pass: without an owner the set-up, without a session the sign-in, else the pages.
// A session that ends while somebody works asks for the password over the page, which is kept.
import { Modal } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo, useState } from "react";
import { onProblem } from "@/api/client";
import { statusQuery, useSession } from "@/api/session";
import { type Scope, type Wearer, WearerContext } from "@/ui/rights";
import { setZone } from "@/ui/numbers";
import { ProblemView } from "@/ui/states";
import { useWords, words } from "@/ui/words";
import { LangButton, LightChoice } from "./LookButtons";
import { Shell } from "./Shell";
import { lazily, Stale } from "./Stale";

const EntryPage = lazily(async () => ({ default: (await import("@/rooms/entry/Entry")).EntryPage }), Stale);
const SessionEnded = lazily(async () => ({ default: (await import("@/rooms/entry/Entry")).SessionEnded }), Stale);

const WORDS = words({
  zh: { again: "请重新登录" },
  en: { again: "Sign in again" },
});

export function Root() {
  const t = useWords(WORDS);
  const status = useQuery(statusQuery);
  const session = useSession();
  const [ended, setEnded] = useState<string | null>(null);
  const word = session.data?.csrf;
  const { refetch } = session;
  useEffect(
    () =>
      onProblem((problem) => {
        if (problem.status === 401 && word !== undefined) setEnded(word);
        if (problem.code === "governance.csrf") void refetch(); // somebody else signed in, in another tab
      }),
    [word, refetch],
  );
  const wearer: Wearer | null | undefined = useMemo(() => session.data && { name: session.data.name, scopes: session.data.scopes as Scope[] }, [session.data]);
  if (status.data) setZone(status.data.time_zone);
  if (session.error ?? status.error) return <ProblemView error={session.error ?? status.error} onRetry={() => void Promise.all([session.refetch(), status.refetch()])} />;
  if (session.data === undefined || status.data === undefined) return <div className="first-paint" />;
  if (!wearer) {
    const tools = (
      <>
        <LangButton />
        <LightChoice />
      </>
    );
    return (
      <Suspense fallback={<div className="first-paint" />}>
        <EntryPage first={!status.data.set_up} tools={tools} />
      </Suspense>
    );
  }
  const over = ended === word;
  return (
    <WearerContext.Provider value={wearer}>
      <Shell />
      <Modal open={over} title={t.again} footer={null} closable={false} keyboard={false} mask={{ closable: false }}>
        <Suspense>{over && <SessionEnded name={wearer.name} />}</Suspense>
      </Modal>
    </WearerContext.Provider>
  );
}
