// The audience builder: conditions with live counts on the left; on the right how many, in words, who.
import { SaveOutlined } from "@ant-design/icons";
import { Alert, Button, Dropdown } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { useCounting } from "@/rule-editor/counting";
import { fromRule, groupDraft, toRule, type GroupDraft } from "@/rule-editor/draft";
import type { Rule } from "@/rule-editor/rule";
import { RuleEditor } from "@/rule-editor/RuleEditor";
import { templatesOf } from "@/rule-editor/templates";
import { ViewSwitch, Written, type View } from "@/rule-editor/Views";
import { useVocabulary, VocabularyContext } from "@/rule-editor/vocabulary";
import { WORDS as RULE_WORDS } from "@/rule-editor/words";
import { AwaitPage } from "@/ui/AwaitPage";
import { KeptDraft, UndoButtons, useEditingKeys } from "@/ui/editing";
import { useHistory, useUnsavedGuard, type History } from "@/ui/history";
import { LinkButton } from "@/ui/LinkButton";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { jsonOf } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { audienceQuery, type OneAudience } from "./asking";
import { BuilderSide } from "./BuilderSide";
import { WORDS } from "./words";
import "./audiences.css";

const SaveDialog = lazy(() => import("./SaveDialog").then((m) => ({ default: m.SaveDialog })));

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
  useEditingKeys(draft, () => may && setSaving(true));
  const actions = (
    <>
      <UndoButtons of={draft} />
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
      <KeptDraft<Rule> name={`draft.audience.${saved?.name ?? ""}`} now={JSON.parse(said) as Rule} changed={changed} onRestore={(rule) => draft.set(fromRule(rule))} />
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
      <Suspense>{saving && <SaveDialog rule={JSON.parse(said) as Rule} saved={saved} onClose={() => setSaving(false)} onTheirs={(rule) => draft.set(fromRule(rule))} />}</Suspense>
    </PageShell>
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
