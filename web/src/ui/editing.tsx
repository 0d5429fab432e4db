// Around whatever is edited: undo and redo as buttons and keys, a draft kept in the browser, and two
// people who edited the same.
import { RedoOutlined, UndoOutlined } from "@ant-design/icons";
import { Alert, App, Button, Space } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import type { History } from "./history";
import { recall, remember } from "./remembered";
import { useWords, words } from "./words";

const WORDS = words({
  zh: {
    undo: "撤销",
    redo: "重做",
    draftFound: "有一份没保存的草稿",
    restore: "恢复草稿",
    discard: "丢弃",
    discarded: "草稿已丢弃",
    conflict: "有人先保存了新版本",
    conflictHow: (who: string, version: string) => `${who} 保存了第 ${version} 版。你的修改还在,请选择:`,
    theirs: "改用对方的版本",
    mine: "用我的覆盖",
    theirVersion: "对方的版本",
    myVersion: "我的版本",
  },
  en: {
    undo: "Undo",
    redo: "Redo",
    draftFound: "There is an unsaved draft",
    restore: "Restore it",
    discard: "Discard it",
    discarded: "The draft is discarded",
    conflict: "Somebody saved a newer version first",
    conflictHow: (who: string, version: string) => `${who} saved version ${version}. Your changes are kept; choose:`,
    theirs: "Take theirs",
    mine: "Save mine over it",
    theirVersion: "Their version",
    myVersion: "My version",
  },
});

export function UndoButtons({ of }: { of: Pick<History<unknown>, "undo" | "redo" | "canUndo" | "canRedo"> }) {
  const t = useWords(WORDS);
  return (
    <Space.Compact>
      <Button icon={<UndoOutlined />} aria-label={t.undo} title={`${t.undo} (Ctrl Z)`} disabled={!of.canUndo} onClick={of.undo} />
      <Button icon={<RedoOutlined />} aria-label={t.redo} title={`${t.redo} (Ctrl Shift Z)`} disabled={!of.canRedo} onClick={of.redo} />
    </Space.Compact>
  );
}

/** Ctrl Z, Ctrl Shift Z and Ctrl S, wherever the focus is; in a field that is being written in, undo is the field's. */
export function useEditingKeys(of: Pick<History<unknown>, "undo" | "redo">, onSave: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      const key = event.key.toLowerCase();
      const field = event.target instanceof HTMLElement && event.target.closest<HTMLInputElement>("input:not([readonly]), textarea");
      const writing = field && field.value !== "";
      if (key === "s") {
        event.preventDefault();
        onSave();
      } else if ((key === "z" || key === "y") && !writing) {
        event.preventDefault();
        if (key === "y" || event.shiftKey) of.redo();
        else of.undo();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

interface KeptProps<T> {
  /** Under which name it is kept. */
  name: string;
  now: T;
  /** Whether there is anything that was not saved. */
  changed: boolean;
  onRestore: (kept: T) => void;
}

/** Keeps what is being edited in the browser, and offers it back after a crash or a reload. */
export function KeptDraft<T>({ name, now, changed, onRestore }: KeptProps<T>) {
  const t = useWords(WORDS);
  const { message } = App.useApp();
  const said = JSON.stringify(now);
  const [found, setFound] = useState<T | null>(() => {
    const kept = recall<T | null>(name, null);
    return kept && JSON.stringify(kept) !== said ? kept : null;
  });
  useEffect(() => {
    if (changed) remember(name, JSON.parse(said));
  }, [name, said, changed]);
  if (!found || changed) return null;
  const restore = () => {
    onRestore(found);
    setFound(null);
  };
  const discard = () => {
    remember(name, undefined);
    setFound(null);
    void message.success(t.discarded);
  };
  return (
    <Alert
      type="info"
      showIcon
      title={t.draftFound}
      action={
        <Space>
          <Button size="small" type="primary" onClick={restore}>
            {t.restore}
          </Button>
          <Button size="small" onClick={discard}>
            {t.discard}
          </Button>
        </Space>
      }
    />
  );
}

interface ConflictProps {
  /** Who saved the other version, and when. */
  who: string;
  version: number;
  /** Shows theirs and mine next to each other, under these names; nothing until theirs is loaded. */
  both: ((names: readonly [string, string]) => ReactNode) | undefined;
  onMine: () => void;
  onTheirs: () => void;
}

/** Two people edited the same: both versions in words, and the choice. */
export function Conflict({ who, version, both, onMine, onTheirs }: ConflictProps) {
  const t = useWords(WORDS);
  const description = (
    <div className="stack" style={{ gap: 12 }}>
      <div>{t.conflictHow(who, String(version))}</div>
      {both?.([t.theirVersion, t.myVersion])}
      <Space wrap>
        <Button onClick={onMine}>{t.mine}</Button>
        <Button disabled={!both} onClick={onTheirs}>
          {t.theirs}
        </Button>
      </Space>
    </div>
  );
  return <Alert type="warning" showIcon role="alert" title={t.conflict} description={description} />;
}
