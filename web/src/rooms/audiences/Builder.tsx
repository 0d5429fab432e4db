// The audience builder: conditions with live counts on the left; on the right how many, in words, who.
import { RedoOutlined, SaveOutlined, UndoOutlined } from "@ant-design/icons";
import { Alert, App, Button, Dropdown, Space } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useCounting } from "@/rule-editor/counting";
import { fromRule, groupDraft, toRule, type GroupDraft } from "@/rule-editor/draft";
import type { Rule } from "@/rule-editor/rule";
import { RuleEditor } from "@/rule-editor/RuleEditor";
import { templatesOf } from "@/rule-editor/templates";
import { ViewSwitch, Written, type View } from "@/rule-editor/Views";
import { useVocabulary, VocabularyContext } from "@/rule-editor/vocabulary";
import { WORDS as RULE_WORDS } from "@/rule-editor/words";
import { AwaitPage } from "@/ui/AwaitPage";
import { useHistory, useUnsavedGuard, type History } from "@/ui/history";
import { LinkButton } from "@/ui/LinkButton";
import { PageShell, Panel } from "@/ui/PageShell";
import { recall, remember } from "@/ui/remembered";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { jsonOf } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { audienceQuery, type OneAudience } from "./asking";
import { BuilderSide } from "./BuilderSide";
import { SaveDialog } from "./SaveDialog";
import { WORDS } from "./words";
import "./audiences.css";

export function NewAudience() {
  const t = useWords(WORDS);
  const { rule, copy } = useSearch({ strict: false }) as { rule?: unknown; copy?: string };
  const from = useQuery({ ...audienceQuery(copy ?? ""), enabled: Boolean(copy) });
  const first = useMemo(() => jsonOf<Rule>(rule), [rule]);
  if (copy) {
    return (
      <AwaitPage of={from} title={t.newTitle} wayOn={<LinkButton to="/audiences">{t.toAll}</LinkButton>}>
        {(found) => <Builder first={found.rule as Rule} />}
      </AwaitPage>
    );
  }
  return <Builder first={first} />;
}

export function EditAudience() {
  const t = useWords(WORDS);
  const { name } = useParams({ strict: false }) as { name: string };
  const found = useQuery(audienceQuery(name));
  return (
    <AwaitPage of={found} title={t.edit} wayOn={<LinkButton to="/audiences">{t.toAll}</LinkButton>}>
      {(one) => <Builder key={one.name} first={one.rule as Rule} saved={one} />}
    </AwaitPage>
  );
}

function Builder({ first, saved }: { first: Rule | null; saved?: OneAudience }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const may = useMay("define");
  const vocabulary = useVocabulary();
  const draft = useHistory<GroupDraft>(first ? fromRule(first) : groupDraft());
  const counting = useCounting(draft.now);
  const [saving, setSaving] = useState(false);
  const said = useMemo(() => JSON.stringify(toRule(draft.now).rule), [draft.now]);
  const [before] = useState(said);
  const changed = said !== before;
  useUnsavedGuard(changed && !saving);
  useKeys(draft, () => may && setSaving(true));
  const actions = (
    <>
      <Space.Compact>
        <UndoButtons draft={draft} />
      </Space.Compact>
      {may && (
        <Button type="primary" icon={<SaveOutlined />} onClick={() => setSaving(true)} disabled={counting.asked === 0}>
          {saved ? t.save : t.saveNew}
        </Button>
      )}
    </>
  );
  return (
    <PageShell title={saved ? t.editTitle(labelOf(saved, lang)) : t.newTitle} actions={actions}>
      {!may && <Alert type="info" showIcon title={t.noRight} />}
      <Draft of={saved?.name ?? ""} version={saved?.version ?? 0} said={said} changed={changed} onRestore={(rule) => draft.set(fromRule(rule))} />
      <Await of={vocabulary}>
        {(words) => (
          <VocabularyContext.Provider value={words}>
            <div className="builder">
              <Panel>
                <Editing draft={draft} counting={counting} />
              </Panel>
              <BuilderSide counting={counting} rule={JSON.parse(said) as Rule} saved={saved} />
            </div>
          </VocabularyContext.Provider>
        )}
      </Await>
      {saving && <SaveDialog rule={JSON.parse(said) as Rule} saved={saved} onClose={() => setSaving(false)} onTheirs={(rule) => draft.set(fromRule(rule))} />}
    </PageShell>
  );
}

function UndoButtons({ draft }: { draft: History<GroupDraft> }) {
  const t = useWords(RULE_WORDS);
  return (
    <>
      <Button icon={<UndoOutlined />} aria-label={t.undo} title={`${t.undo} (Ctrl Z)`} disabled={!draft.canUndo} onClick={draft.undo} />
      <Button icon={<RedoOutlined />} aria-label={t.redo} title={`${t.redo} (Ctrl Shift Z)`} disabled={!draft.canRedo} onClick={draft.redo} />
    </>
  );
}

function Editing({ draft, counting }: { draft: History<GroupDraft>; counting: ReturnType<typeof useCounting> }) {
  const t = useWords(RULE_WORDS);
  const lang = useLang();
  const vocabulary = useVocabulary().data;
  const [view, setView] = useState<View>("builder");
  const rule = toRule(draft.now).rule;
  const apply = (next: Rule) => {
    draft.set(fromRule(next));
    setView("builder");
  };
  const templates = vocabulary ? templatesOf(vocabulary) : [];
  const items = templates.map((one) => ({ key: one.key, label: one[lang], onClick: () => apply(one.rule) }));
  return (
    <div className="stack">
      <div className="row">
        <ViewSwitch view={view} onChange={setView} />
        <span style={{ flex: 1 }} />
        <Dropdown menu={{ items }} trigger={["click"]} disabled={items.length === 0}>
          <Button>{t.templates}</Button>
        </Dropdown>
      </div>
      {view === "builder" && <RuleEditor root={draft.now} onChange={draft.set} notes={counting.notes} />}
      {view === "text" && <Written as="text" said={counting.data?.text ?? ""} onApply={apply} />}
      {view === "json" && <Written as="json" said={JSON.stringify(rule, null, 2)} onApply={apply} />}
    </div>
  );
}

/** Ctrl Z, Ctrl Shift Z and Ctrl S, wherever the focus is; in a field that is being written in, undo is the field's. */
function useKeys(draft: History<GroupDraft>, onSave: () => void): void {
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
        if (key === "y" || event.shiftKey) draft.redo();
        else draft.undo();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

interface Kept {
  rule: Rule;
  version: number;
}

/** Keeps what is being edited in the browser, and offers it back after a crash or a reload. */
function Draft({ of, version, said, changed, onRestore }: { of: string; version: number; said: string; changed: boolean; onRestore: (rule: Rule) => void }) {
  const t = useWords(WORDS);
  const { message } = App.useApp();
  const key = `draft.audience.${of}`;
  const [found, setFound] = useState<Kept | null>(() => {
    const kept = recall<Kept | null>(key, null);
    return kept && JSON.stringify(kept.rule) !== said ? kept : null;
  });
  useEffect(() => {
    if (changed) remember(key, { rule: JSON.parse(said) as Rule, version });
  }, [key, said, changed, version]);
  if (!found || changed) return null;
  return (
    <Alert
      type="info"
      showIcon
      title={t.draftFound}
      action={
        <Space>
          <Button
            size="small"
            type="primary"
            onClick={() => {
              onRestore(found.rule);
              setFound(null);
            }}
          >
            {t.restore}
          </Button>
          <Button
            size="small"
            onClick={() => {
              remember(key, undefined);
              setFound(null);
              void message.success(t.discard);
            }}
          >
            {t.discard}
          </Button>
        </Space>
      }
    />
  );
}

