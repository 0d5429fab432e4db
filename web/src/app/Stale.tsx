// A part of the console that is no longer there, since the server has a newer one.
import { SyncOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ComponentType, lazy, type ReactNode } from "react";
import { useWords, words } from "@/ui/words";

const WORDS = words({
  zh: { stale: "控制台已升级,当前页面是旧版本。", reload: "刷新页面" },
  en: { stale: "The console was upgraded; this page is of an older version.", reload: "Reload" },
});

export function Stale() {
  const t = useWords(WORDS);
  return (
    <div className="banner warning">
      <SyncOutlined aria-hidden /> <strong>{t.stale}</strong>
      <Button size="small" onClick={() => location.reload()}>
        {t.reload}
      </Button>
    </div>
  );
}

/** Fetches a part when it is first shown; where it is gone, something else, since the banner has been told. */
export function lazily<P>(fetched: () => Promise<{ default: ComponentType<P> }>, instead: () => ReactNode = () => null) {
  return lazy<ComponentType<P>>(() => fetched().catch((): { default: ComponentType<P> } => ({ default: instead })));
}

/** Says whether an error is that of a part which could not be fetched. */
export function isStale(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|module script failed|preload CSS/i.test(error.message);
}
