// Making and changing a tag: what it is called, how it is known, and beside it what that comes to.
import { SaveOutlined } from "@ant-design/icons";
import { Alert, App, Button, Form, Input, Select } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { useVocabulary, type Vocabulary, VocabularyContext } from "@/rule-editor/vocabulary";
import { KeptDraft, UndoButtons, useEditingKeys } from "@/ui/editing";
import { useHistory, useUnsavedGuard } from "@/ui/history";
import { IDENTIFIER, nameOf } from "@/ui/identifier";
import { PageShell, Panel } from "@/ui/PageShell";
import { remember } from "@/ui/remembered";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Read, saveTag, type Tag, tagQuery } from "./asking";
import { begin, fromTag, type Kind, KINDS, lacksOf, type TagDraft, toTag } from "./draft";
import { HowEditor } from "./HowEditor";
import { KindChooser } from "./KindChooser";
import { Preview, useTrying } from "./Preview";
import { WORDS } from "./editor-words";
import { WORDS as TAG_WORDS } from "./words";
import "./tags.css";

// Only who meets it needs it.
const Refused = lazy(() => import("./Refused").then((m) => ({ default: m.Refused })));

export function NewTag() {
  const [{ kind, copy = "" }] = useUrlState<{ kind?: string; copy?: string }>();
  const from = useQuery({ ...tagQuery(copy), enabled: copy !== "" });
  const vocabulary = useVocabulary();
  const chosen = KINDS.find((one) => one === kind);
  if (copy) {
    return (
      <Await of={from}>
        {({ body }) => <Await of={vocabulary}>{(words) => <Editor first={{ ...fromTag(body), name: "", zh: "", en: "", owner: "" }} words={words} />}</Await>}
      </Await>
    );
  }
  if (!chosen) return <KindChooser />;
  return <Await of={vocabulary}>{(words) => <Editor key={chosen} first={begin(chosen, words.events[0]?.name ?? "")} words={words} />}</Await>;
}

export function EditTag() {
  const { name = "" } = useParams({ strict: false });
  // Read once: what somebody else saves meanwhile must not change what is being edited.
  const found = useQuery({ ...tagQuery(name), queryKey: ["tag to edit", name], staleTime: Infinity, gcTime: 0 });
  const vocabulary = useVocabulary();
  return <Await of={found}>{(read) => <Await of={vocabulary}>{(words) => <Editor key={name} first={fromTag(read.body)} saved={read} words={words} />}</Await>}</Await>;
}

function Editor({ first, saved, words }: { first: TagDraft; saved?: Read; words: Vocabulary }) {
  const t = useWords(WORDS);
  const w = useWords(TAG_WORDS);
  const lang = useLang();
  const may = useMay("define");
  const draft = useHistory(first);
  const trying = useTrying(draft.now, saved?.body.name);
  const said = useMemo(() => JSON.stringify(toTag(draft.now)), [draft.now]);
  const [before] = useState(said);
  const saving = useSaving(draft.now, saved);
  const changed = said !== before;
  useUnsavedGuard(changed && !saving.busy);
  useEditingKeys(draft, () => may && void saving.save());
  const kind: Kind = draft.now.how.kind;
  const take = (theirs: Read) => {
    draft.set(fromTag(theirs.body));
    saving.follow(theirs.version);
  };
  const actions = (
    <>
      <UndoButtons of={draft} />
      {may && (
        <Button type="primary" icon={<SaveOutlined />} loading={saving.busy} onClick={() => void saving.save()}>
          {t.save}
        </Button>
      )}
    </>
  );
  return (
    <PageShell title={saved ? t.editTitle(labelOf(saved.body, lang)) : t.newTitle(w.kinds[kind] ?? kind)} lead={w.kindSays[kind]} actions={actions}>
      {!may && <Alert type="info" showIcon title={t.noRight} />}
      <KeptDraft<Tag> name={`draft.tag.${saved?.body.name ?? `new ${kind}`}`} now={JSON.parse(said) as Tag} changed={changed} onRestore={(tag) => draft.set(fromTag(tag))} />
      <Suspense>{saving.problem && <Refused problem={saving.problem} draft={draft.now} onMine={(version) => void saving.save(version)} onTheirs={take} />}</Suspense>
      <VocabularyContext.Provider value={words}>
        <div className="tag-editor">
          <div className="stack">
            <Panel title={t.labels}>
              <Labels draft={draft.now} onChange={(part) => draft.set((now) => ({ ...now, ...part }))} isNew={!saved} asked={saving.asked} />
            </Panel>
            <Panel title={w.how}>
              <HowEditor how={draft.now.how} problem={trying.problem ?? saving.problem} onChange={(change) => draft.set((now) => ({ ...now, how: change(now.how) }))} />
            </Panel>
          </div>
          <aside aria-label={t.preview}>
            <Preview trying={trying} draft={draft.now} />
          </aside>
        </div>
      </VocabularyContext.Provider>
    </PageShell>
  );
}

interface Saving {
  save: (over?: number) => Promise<void>;
  /** From now on, what is edited takes the place of this version. */
  follow: (version: number) => void;
  busy: boolean;
  problem: Problem | null;
  /** Saving was tried: what lacks is said from then on. */
  asked: boolean;
}

const nameFor = (draft: TagDraft): string => draft.name.trim() || nameOf(draft.zh || draft.en);

function useSaving(draft: TagDraft, saved: Read | undefined): Saving {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [state, setState] = useState<{ version: number | null; busy: boolean; problem: Problem | null; asked: boolean }>({ version: saved?.version ?? null, busy: false, problem: null, asked: false });
  const save = async (over?: number) => {
    const name = saved?.body.name ?? nameFor(draft);
    const lacks = [...(draft.zh.trim() || draft.en.trim() ? [] : ["name"]), ...lacksOf(draft.how)];
    if (lacks.length > 0 || !IDENTIFIER.test(name)) {
      setState((old) => ({ ...old, asked: true }));
      void message.warning(lacks.length ? t.lacking + lacks.map((one) => t.lacks[one] ?? one).join("、") : t.badId);
      return;
    }
    setState((old) => ({ ...old, busy: true, problem: null }));
    try {
      await saveTag({ ...toTag(draft), name }, over ?? state.version);
      remember(`draft.tag.${saved?.body.name ?? `new ${draft.how.kind}`}`, undefined);
      await client.invalidateQueries();
      void message.success(t.saved);
      void navigate({ to: "/tags/$name", params: { name } });
    } catch (error) {
      setState((old) => ({ ...old, busy: false, problem: asProblem(error) }));
    }
  };
  const follow = (version: number) => setState((old) => ({ ...old, version, problem: null }));
  return { save, follow, ...state };
}

interface LabelsProps {
  draft: TagDraft;
  onChange: (part: Partial<TagDraft>) => void;
  isNew: boolean;
  asked: boolean;
}

function Labels({ draft, onChange, isNew, asked }: LabelsProps) {
  const t = useWords(WORDS);
  const w = useWords(TAG_WORDS);
  const lang = useLang();
  const nameless = asked && !draft.zh.trim() && !draft.en.trim();
  const odd = draft.name !== "" && !IDENTIFIER.test(draft.name);
  const order = lang === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const);
  const descriptions = lang === "zh" ? (["description_zh", "description_en"] as const) : (["description_en", "description_zh"] as const);
  const said = { description_zh: t.descriptionZh, description_en: t.descriptionEn };
  return (
    <Form layout="vertical" component="div">
      <div className="grid label-grid" style={{ "--least": "220px" } as React.CSSProperties}>
        {order.map((one, at) => (
          <Form.Item key={one} label={t[one]} htmlFor={`tag-${one}`} validateStatus={at === 0 && nameless ? "error" : undefined} help={at === 0 && nameless ? `${t.lacking}${t.lacks["name"] ?? ""}` : undefined}>
            <Input id={`tag-${one}`} value={draft[one]} maxLength={60} onChange={(event) => onChange({ [one]: event.target.value })} />
          </Form.Item>
        ))}
        {isNew && (
          <Form.Item label={w.id} htmlFor="tag-name" extra={t.idHint} validateStatus={odd ? "error" : undefined} help={odd ? t.badId : undefined}>
            <Input id="tag-name" value={draft.name} maxLength={63} placeholder={nameOf(draft.zh || draft.en)} onChange={(event) => onChange({ name: event.target.value })} />
          </Form.Item>
        )}
        <Form.Item label={w.family} htmlFor="tag-family">
          <Select id="tag-family" value={draft.family} options={Object.entries(w.families).map(([value, label]) => ({ value: value as TagDraft["family"], label }))} onChange={(family) => onChange({ family })} />
        </Form.Item>
        {descriptions.map((one) => (
          <Form.Item key={one} label={said[one]} htmlFor={`tag-${one}`}>
            <Input.TextArea id={`tag-${one}`} value={draft[one]} maxLength={300} autoSize={{ minRows: 1, maxRows: 5 }} onChange={(event) => onChange({ [one]: event.target.value })} />
          </Form.Item>
        ))}
      </div>
    </Form>
  );
}
