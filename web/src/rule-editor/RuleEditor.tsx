// The tree of conditions as a person edits it: groups in groups, each condition with how many satisfy
// it. Everything can be done by keyboard; nothing needs dragging.
import { ArrowDownOutlined, ArrowUpOutlined, CopyOutlined, DeleteOutlined, EllipsisOutlined, PauseCircleOutlined, PlayCircleOutlined, PlusOutlined, StopOutlined } from "@ant-design/icons";
import { Button, Dropdown, Segmented, Tag, Tooltip } from "antd";
import { createContext, type KeyboardEvent, type ReactNode, type RefObject, useContext, useEffect, useLayoutEffect, useRef } from "react";
import { useFormats } from "@/ui/numbers";
import { useWords } from "@/ui/words";
import { above, add, change, DEEPEST, depthOf, type Draft, duplicate, type GroupDraft, groupDraft, type LeafDraft, leafDraft, move, remove } from "./draft";
import { LeafInput } from "./Leaf";
import { ConditionPicker } from "./picking";
import { WORDS } from "./words";
import "./rule-editor.css";

/** How many people a condition holds for by itself, and together with those before it. */
export interface NodeCount {
  alone: number;
  soFar: number | null;
}

export interface NodeNotes {
  counts: Map<string, NodeCount>;
  total: number;
  /** Counts are of an older version, and being made anew. */
  stale: boolean;
  problems: Map<string, string>;
  incomplete: ReadonlySet<string>;
}

interface Editing {
  root: GroupDraft;
  set: (next: (root: GroupDraft) => GroupDraft) => void;
  notes: NodeNotes;
  readOnly: boolean;
  /** The node just added, which waits for its value. */
  freshRef: RefObject<string | null>;
}

const EditingContext = createContext<Editing | null>(null);

function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (!editing) throw new Error("outside RuleEditor");
  return editing;
}

interface Props {
  root: GroupDraft;
  onChange: (next: (root: GroupDraft) => GroupDraft) => void;
  notes: NodeNotes;
  readOnly?: boolean;
}

export function RuleEditor({ root, onChange, notes, readOnly = false }: Props) {
  const freshRef = useRef<string | null>(null);
  const whole = useRef<HTMLDivElement>(null);
  const held = useRef<Element | null>(null);
  useLayoutEffect(() => {
    // Moving a condition takes the focus from it, and removing it even its place.
    if (document.activeElement !== document.body || !held.current) return;
    const next = held.current.isConnected ? held.current : whole.current?.querySelector(".rule-adds button");
    if (next instanceof HTMLElement) next.focus();
  }, [root]);
  return (
    <EditingContext.Provider value={{ root, set: onChange, notes, readOnly, freshRef }}>
      <div className="rule-editor" ref={whole} onFocus={(event) => void (held.current = event.target)} onBlur={(event) => event.relatedTarget && void (held.current = null)}>
        <Group draft={root} outermost />
      </div>
    </EditingContext.Provider>
  );
}

function Group({ draft, outermost = false }: { draft: GroupDraft; outermost?: boolean }) {
  const t = useWords(WORDS);
  const { root, set, readOnly, freshRef } = useEditing();
  const depth = outermost ? 1 : (above(root, draft.id)?.length ?? 0) + 1;
  const put = (one: Draft) => {
    freshRef.current = one.id;
    set((now) => add(now, draft.id, one));
  };
  const how = (
    <Segmented
      size="small"
      disabled={readOnly}
      aria-label={t.group}
      value={draft.how}
      options={[
        { value: "all", label: t.all },
        { value: "any", label: t.any },
      ]}
      onChange={(next) => set((now) => change(now, draft.id, (d) => ({ ...(d as GroupDraft), how: next as "all" | "any" })))}
    />
  );
  return (
    <div className={`rule-group ${draft.how}`} role="group" aria-label={`${t.group}: ${t[draft.how]}`}>
      <div className="rule-head">
        {draft.not && <Negation id={draft.id} />}
        {how}
        {outermost && draft.of.length === 0 && <span className="quiet">{t.everybody}</span>}
        {!outermost && <NodeTools draft={draft} />}
      </div>
      <ol className="rule-parts">
        {draft.of.map((part, at) => (
          <Part key={part.id} draft={part} at={at} />
        ))}
      </ol>
      {!readOnly && (
        <div className="row rule-adds">
          <ConditionPicker button="dashed" name={t.addCondition} onChoose={(leaf) => put(leafDraft(leaf))}>
            <PlusOutlined aria-hidden /> {t.addCondition}
          </ConditionPicker>
          <Tooltip title={depth >= DEEPEST ? t.deep(DEEPEST) : undefined}>
            <Button type="text" icon={<PlusOutlined />} disabled={depth >= DEEPEST} onClick={() => put(groupDraft(draft.how === "all" ? "any" : "all"))}>
              {t.addGroup}
            </Button>
          </Tooltip>
        </div>
      )}
    </div>
  );
}

function Part({ draft, at }: { draft: Draft; at: number }) {
  const t = useWords(WORDS);
  const { set, notes, freshRef } = useEditing();
  const own = useRef<HTMLLIElement>(null);
  const stay = useRef(false);
  useEffect(() => {
    const added = freshRef.current === draft.id;
    if (added) freshRef.current = null;
    const value = own.current?.querySelector<HTMLElement>(`[aria-label^="${t.value}"]`);
    const first = own.current?.querySelector<HTMLElement>("button, input");
    if (added) (value ?? first)?.focus();
    // What was moved by keyboard into another group keeps the focus in its new place.
    else if (stay.current && !own.current?.contains(document.activeElement)) first?.focus();
    stay.current = false;
  });
  const press = (event: KeyboardEvent) => {
    const step = event.altKey && ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key as "ArrowUp" | "ArrowDown"];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    stay.current = true;
    set((now) => move(now, draft.id, step));
  };
  const problem = notes.problems.get(draft.id);
  return (
    <li ref={own} className={`rule-part ${draft.off ? "off" : ""} ${problem ? "bad" : ""}`} onKeyDown={press} aria-label={draft.kind === "leaf" ? t.condition(at + 1) : undefined}>
      {draft.kind === "group" ? <Group draft={draft} /> : <LeafRow draft={draft} />}
      {problem && (
        <div className="rule-problem" role="alert">
          {problem}
        </div>
      )}
      {notes.incomplete.has(draft.id) && !draft.off && <div className="rule-lacks">{t.lacks}</div>}
      <NodeBar id={draft.id} off={draft.off} />
    </li>
  );
}

function LeafRow({ draft }: { draft: LeafDraft }) {
  const { set, readOnly } = useEditing();
  return (
    <div className="rule-leaf">
      {draft.not && <Negation id={draft.id} />}
      <fieldset className="row" disabled={readOnly || draft.off}>
        <LeafInput leaf={draft.leaf} onChange={(leaf) => set((now) => change(now, draft.id, (d) => ({ ...(d as LeafDraft), leaf })))} />
      </fieldset>
      <NodeTools draft={draft} />
    </div>
  );
}

function Negation({ id }: { id: string }) {
  const t = useWords(WORDS);
  const { set, readOnly } = useEditing();
  return (
    <Tooltip title={t.notHint}>
      <Tag color="error" icon={<StopOutlined aria-hidden />} closable={!readOnly} onClose={() => set((now) => change(now, id, (d) => ({ ...d, not: false })))}>
        {t.not}
      </Tag>
    </Tooltip>
  );
}

/** How many it holds for, as figures and as a bar; in a group of "all", how many are left so far. */
function NodeBar({ id, off }: { id: string; off: boolean }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { notes } = useEditing();
  const count = notes.counts.get(id);
  if (off) return <div className="rule-count quiet">{t.isOff}</div>;
  if (!count) return null;
  const share = notes.total ? (count.soFar ?? count.alone) / notes.total : 0;
  return (
    <div className={`rule-count ${notes.stale ? "stale" : ""}`}>
      <span className="rule-bar" aria-hidden>
        <span style={{ width: `${Math.max(share * 100, share > 0 ? 0.5 : 0)}%` }} />
      </span>
      <span>{t.alone(f.count(count.alone))}</span>
      {count.soFar !== null && <strong>{t.soFar(f.count(count.soFar))}</strong>}
    </div>
  );
}

function NodeTools({ draft }: { draft: Draft }): ReactNode {
  const t = useWords(WORDS);
  const { set, readOnly } = useEditing();
  if (readOnly) return null;
  const toggle = (what: "not" | "off") => set((now) => change(now, draft.id, (d) => ({ ...d, [what]: !d[what] })));
  const items = [
    { key: "not", icon: <StopOutlined />, label: t.not, onClick: () => toggle("not") },
    { key: "off", icon: draft.off ? <PlayCircleOutlined /> : <PauseCircleOutlined />, label: draft.off ? t.on : t.off, onClick: () => toggle("off") },
    { key: "copy", icon: <CopyOutlined />, label: t.copy, onClick: () => set((now) => (depthOf(now) <= DEEPEST ? duplicate(now, draft.id) : now)) },
    { key: "up", icon: <ArrowUpOutlined />, label: t.up, onClick: () => set((now) => move(now, draft.id, -1)) },
    { key: "down", icon: <ArrowDownOutlined />, label: t.down, onClick: () => set((now) => move(now, draft.id, 1)) },
    { key: "remove", icon: <DeleteOutlined />, label: t.remove, danger: true, onClick: () => set((now) => remove(now, draft.id)) },
  ];
  return (
    <span className="rule-tools">
      <Dropdown trigger={["click"]} menu={{ items }}>
        <Button type="text" size="small" icon={<EllipsisOutlined />} aria-label={t.more} />
      </Dropdown>
      <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t.remove} onClick={() => set((now) => remove(now, draft.id))} />
    </span>
  );
}
