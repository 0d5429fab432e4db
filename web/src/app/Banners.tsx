// What everybody should know at the top of every page: nobody answers, nobody works, the page is old.
import { DisconnectOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { onProblem } from "@/api/client";
import { useWords, words } from "@/ui/words";
import { Stale } from "./Stale";

const WORDS = words({
  zh: {
    gone: "连不上服务器,正在重试。你输入的内容还在。",
    goneHow: "如果服务是你启动的,请运行 qunxiang serve。",
  },
  en: {
    gone: "The server does not answer; trying again. What you have typed is kept.",
    goneHow: "If you started it yourself, run qunxiang serve.",
  },
});

const RETRY_MS = 3_000;

export function Banners() {
  const t = useWords(WORDS);
  const gone = useGone();
  const stale = useStale();
  return (
    <div className="no-print" aria-live="polite">
      {gone && (
        <div className="banner error">
          <DisconnectOutlined aria-hidden /> <strong>{t.gone}</strong> {t.goneHow}
        </div>
      )}
      {stale && <Stale />}
    </div>
  );
}

/** Says whether the server has gone, and asks for it until it is back. */
function useGone(): boolean {
  const [goneAt, setGoneAt] = useState(0);
  const [backAt, setBackAt] = useState(0);
  const client = useQueryClient();
  const gone = goneAt > backAt;
  useEffect(() => onProblem((problem) => problem.isGone && setGoneAt(Date.now())), []);
  useEffect(() => {
    if (!gone) return;
    const ask = async () => {
      const answer = await fetch("/v1/status").catch(() => null);
      if (!answer?.ok) return;
      setBackAt(Date.now());
      await client.invalidateQueries();
    };
    const timer = setInterval(() => void ask(), RETRY_MS);
    return () => clearInterval(timer);
  }, [gone, client]);
  return gone;
}

/** Says whether a part of the page could not be loaded because the server has a newer one. */
function useStale(): boolean {
  const [stale, setStale] = useState(false);
  useEffect(() => {
    const mark = () => setStale(true);
    window.addEventListener("vite:preloadError", mark);
    return () => window.removeEventListener("vite:preloadError", mark);
  }, []);
  return stale;
}
