// Saving a definition of the catalog in place of the version it was made of; where somebody was first, both
// are shown and nothing is lost.
import { Alert, App } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { Conflict } from "@/ui/editing";
import { useFormats } from "@/ui/numbers";
import { useWords } from "@/ui/words";
import { WORDS } from "./words";

interface Ways<T> {
  read: (name: string) => Promise<{ body: T; version: number }>;
  save: (body: T, version: number) => Promise<unknown>;
}

export interface Saving<T> {
  save: (body: T) => Promise<void>;
  busy: boolean;
  /** Why it was refused, to be shown beside the form. */
  refused: ReactNode;
}

export function useSaving<T extends { name: string }>(ways: Ways<T>, version: number, onDone: () => void, onTheirs: (body: T) => void): Saving<T> {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(version);
  const [refusal, setRefusal] = useState<{ problem: Problem; mine: T } | null>(null);
  const save = async (body: T, inPlace = over) => {
    setBusy(true);
    setRefusal(null);
    try {
      await ways.save(body, inPlace);
      await client.invalidateQueries();
      void message.success(t.saved);
      onDone();
    } catch (error) {
      setRefusal({ problem: asProblem(error), mine: body });
    } finally {
      setBusy(false);
    }
  };
  const take = (body: T, theirs: number) => {
    setOver(theirs);
    setRefusal(null);
    onTheirs(body);
  };
  const refused = refusal && <Refusal problem={refusal.problem} mine={refusal.mine} read={ways.read} onMine={(theirs) => void save(refusal.mine, theirs)} onTheirs={take} />;
  return { save, busy, refused };
}

interface RefusalProps<T> {
  problem: Problem;
  mine: T;
  read: Ways<T>["read"];
  onMine: (version: number) => void;
  onTheirs: (body: T, version: number) => void;
}

function Refusal<T extends { name: string }>({ problem, mine, read, onMine, onTheirs }: RefusalProps<T>) {
  const f = useFormats();
  const conflict = problem.code === "catalog.changed";
  const { author, at, version } = problem.details as { author: string; at: string; version: number };
  const theirs = useQuery({ queryKey: ["their definition", mine.name, String(version)], queryFn: () => read(mine.name), enabled: conflict }).data;
  if (!conflict) return <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} />;
  const both = theirs && ((names: readonly [string, string]) => <Both theirs={theirs.body} mine={mine} names={names} />);
  return <Conflict who={`${author} · ${f.ago(at)}`} version={version} both={both} onMine={() => onMine(version)} onTheirs={() => theirs && onTheirs(theirs.body, theirs.version)} />;
}

/** What differs between two definitions, by the names of what is in them. */
function Both({ theirs, mine, names }: { theirs: object; mine: object; names: readonly [string, string] }) {
  const t = useWords(WORDS);
  const [left, right] = [theirs, mine] as [Record<string, unknown>, Record<string, unknown>];
  const said = (value: unknown): string => (typeof value === "string" ? value || "–" : JSON.stringify(value ?? null));
  const label = (key: string): string => (key in t && typeof t[key as "zh"] === "string" ? t[key as "zh"] : key);
  const changed = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((key) => said(left[key]) !== said(right[key]));
  return (
    <table className="both">
      <thead>
        <tr>
          <td />
          <th scope="col">{names[0]}</th>
          <th scope="col">{names[1]}</th>
        </tr>
      </thead>
      <tbody>
        {changed.map((key) => (
          <tr key={key}>
            <th scope="row">{label(key)}</th>
            <td>{said(left[key])}</td>
            <td>{said(right[key])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
