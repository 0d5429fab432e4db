// A tag that was not saved: why, and where somebody else was first, both versions and the choice.
import { Alert } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { Problem } from "@/api/problems";
import { Conflict } from "@/ui/editing";
import { useFormats } from "@/ui/numbers";
import { type Read, tagQuery } from "./asking";
import { type TagDraft, toTag } from "./draft";
import { Difference } from "./Versions";

interface Props {
  problem: Problem;
  draft: TagDraft;
  /** Mine is to be saved in place of this version. */
  onMine: (version: number) => void;
  onTheirs: (theirs: Read) => void;
}

export function Refused({ problem, draft, onMine, onTheirs }: Props) {
  const f = useFormats();
  const conflict = problem.code === "catalog.changed";
  const { author, at, version } = problem.details as { author: string; at: string; version: number };
  const theirs = useQuery({ ...tagQuery(draft.name), queryKey: ["their tag", draft.name, String(version)], enabled: conflict }).data;
  if (!conflict) return <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} />;
  const mine = toTag(draft);
  return (
    <Conflict
      who={`${author} · ${f.ago(at)}`}
      version={version}
      both={theirs && ((names) => <Difference before={theirs.body} after={mine} names={names} />)}
      onMine={() => onMine(version)}
      onTheirs={() => theirs && onTheirs(theirs)}
    />
  );
}
