// What is being edited: the tree of a rule with an id per node, and conditions that are switched off
// or not complete yet. A rule is made of it, and it of a rule; whatever a person does is a function here.
import { isComplete, type Leaf, type Rule } from "./rule";

interface Base {
  id: string;
  /** Everybody else. */
  not: boolean;
  /** Kept, but not asked. */
  off: boolean;
}

export interface LeafDraft extends Base {
  kind: "leaf";
  leaf: Leaf;
}

export interface GroupDraft extends Base {
  kind: "group";
  how: "all" | "any";
  of: Draft[];
}

export type Draft = LeafDraft | GroupDraft;

/** How deep groups may stand in groups, the outermost counted. */
export const DEEPEST = 4;

let last = 0;
const newId = (): string => `n${++last}`;

export const leafDraft = (leaf: Leaf): LeafDraft => ({ id: newId(), kind: "leaf", not: false, off: false, leaf });

export const groupDraft = (how: "all" | "any" = "all", of: Draft[] = []): GroupDraft => ({ id: newId(), kind: "group", not: false, off: false, how, of });

/** Returns the draft of a rule; its outermost node is always a group. */
export function fromRule(rule: Rule): GroupDraft {
  const draft = read(rule);
  return draft.kind === "group" && !draft.not ? draft : groupDraft("all", [draft]);
}

function read(rule: Rule): Draft {
  if (rule.node === "not") {
    const inner = read(rule.of as Rule);
    return inner.not ? { ...groupDraft("all", [inner]), not: true } : { ...inner, not: true };
  }
  if (rule.node === "all" || rule.node === "any") return groupDraft(rule.node, (rule.of as Rule[]).map(read));
  return leafDraft(rule);
}

export interface Made {
  rule: Rule;
  /** Which node stands at each path of the rule. */
  ids: Map<string, string>;
  /** Conditions that lack something. */
  incomplete: string[];
  /** How many conditions are asked. */
  asked: number;
}

/** Returns the rule of a draft, leaving out what is off or lacks something. */
export function toRule(root: GroupDraft): Made {
  const made: Made = { rule: { node: "all", of: [] }, ids: new Map(), incomplete: [], asked: 0 };
  made.rule = write(root, "", made) ?? made.rule;
  return made;
}

const join = (path: string, ...steps: (string | number)[]): string => [...(path ? [path] : []), ...steps].join(".");

function write(draft: Draft, path: string, made: Made): Rule | null {
  if (draft.off) return null;
  const inner = draft.not ? join(path, "of") : path;
  const rule = draft.kind === "leaf" ? writeLeaf(draft, made) : writeGroup(draft, inner, made);
  if (!rule) return null;
  made.ids.set(path, draft.id);
  made.ids.set(inner, draft.id);
  return draft.not ? { node: "not", of: rule } : rule;
}

function writeLeaf(draft: LeafDraft, made: Made): Rule | null {
  if (!isComplete(draft.leaf)) {
    made.incomplete.push(draft.id);
    return null;
  }
  made.asked += 1;
  return draft.leaf;
}

function writeGroup(draft: GroupDraft, path: string, made: Made): Rule | null {
  const of: Rule[] = [];
  for (const part of draft.of) {
    const rule = write(part, join(path, "of", of.length), made);
    if (rule) of.push(rule);
  }
  return of.length ? { node: draft.how, of } : null;
}

/** Returns the node that a place of a rule belongs to: the nearest above it. */
export function idAt(ids: Map<string, string>, where: string | null): string | undefined {
  let path = where ?? "";
  while (path) {
    const id = ids.get(path);
    if (id) return id;
    path = path.slice(0, Math.max(0, path.lastIndexOf(".")));
  }
  return undefined;
}

/** Returns every node, outermost first. */
export function walk(draft: Draft): Draft[] {
  return draft.kind === "leaf" ? [draft] : [draft, ...draft.of.flatMap(walk)];
}

/** Returns the tree with one node changed. */
export function change<D extends Draft>(root: D, id: string, how: (draft: Draft) => Draft): D {
  if (root.id === id) return how(root) as D;
  if (root.kind === "leaf") return root;
  return { ...root, of: root.of.map((part) => change(part, id, how)) };
}

/** Returns the tree with a node added at the end of a group. */
export function add(root: GroupDraft, group: string, draft: Draft): GroupDraft {
  return change(root, group, (found) => (found.kind === "group" ? { ...found, of: [...found.of, draft] } : found));
}

/** Returns the tree without a node; a group that it leaves empty goes too, the outermost stays. */
export function remove(root: GroupDraft, id: string): GroupDraft {
  const of: Draft[] = [];
  for (const part of root.of) {
    if (part.id === id) continue;
    const kept = part.kind === "group" ? remove(part, id) : part;
    const emptied = kept.kind === "group" && kept.of.length === 0 && part.kind === "group" && part.of.length > 0;
    if (!emptied) of.push(kept);
  }
  return { ...root, of };
}

/** Returns the tree with a copy of a node right after it. */
export function duplicate(root: GroupDraft, id: string): GroupDraft {
  const of = root.of.flatMap((part) => {
    const kept = part.kind === "group" ? duplicate(part, id) : part;
    return part.id === id ? [kept, afresh(part)] : [kept];
  });
  return { ...root, of };
}

function afresh(draft: Draft): Draft {
  return draft.kind === "leaf" ? { ...draft, id: newId() } : { ...draft, id: newId(), of: draft.of.map(afresh) };
}

/** Returns the groups a node stands in, outermost first, or null where there is no such node. */
export function above(root: GroupDraft, id: string): GroupDraft[] | null {
  for (const part of root.of) {
    if (part.id === id) return [root];
    const found = part.kind === "group" ? above(part, id) : null;
    if (found) return [root, ...found];
  }
  return null;
}

const heightOf = (draft: Draft): number => (draft.kind === "leaf" ? 0 : 1 + Math.max(0, ...draft.of.map(heightOf)));

/** Returns how deep the groups of a tree go. */
export const depthOf = (root: GroupDraft): number => heightOf(root);

/**
 * Returns the tree with a node one place up or down: past its neighbour, into a neighbouring group, or out of its
 * own. The same tree where there is no further place, or the group would stand too deep.
 */
export function move(root: GroupDraft, id: string, step: -1 | 1): GroupDraft {
  const parents = above(root, id);
  const parent = parents?.at(-1);
  if (!parents || !parent) return root;
  const at = parent.of.findIndex((part) => part.id === id);
  const mine = parent.of[at];
  const next = parent.of[at + step];
  if (!mine) return root;
  let moved: GroupDraft;
  if (next?.kind === "group") {
    const into = step > 0 ? [mine, ...next.of] : [...next.of, mine];
    moved = change(take(root, id), next.id, (found) => ({ ...(found as GroupDraft), of: into }));
  } else if (next) {
    moved = change(root, parent.id, (found) => ({ ...(found as GroupDraft), of: swapped(parent.of, at, at + step) }));
  } else {
    const grand = parents.at(-2);
    if (!grand) return root;
    const place = grand.of.findIndex((part) => part.id === parent.id) + (step > 0 ? 1 : 0);
    const without = parent.of.filter((part) => part.id !== id);
    moved = change(root, grand.id, () => {
      const of = grand.of.map((part) => (part.id === parent.id ? { ...parent, of: without } : part));
      of.splice(place, 0, mine);
      return { ...grand, of: of.filter((part) => !(part.id === parent.id && without.length === 0)) };
    });
  }
  return depthOf(moved) > DEEPEST ? root : moved;
}

function take(root: GroupDraft, id: string): GroupDraft {
  return { ...root, of: root.of.filter((part) => part.id !== id).map((part) => (part.kind === "group" ? take(part, id) : part)) };
}

function swapped<T>(items: readonly T[], one: number, other: number): T[] {
  const copy = [...items];
  [copy[one], copy[other]] = [copy[other] as T, copy[one] as T];
  return copy;
}
