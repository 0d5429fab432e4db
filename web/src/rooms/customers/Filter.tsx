// The conditions of audiences as a filter of the list, brought after the list itself.
import { FilterOutlined } from "@ant-design/icons";
import { Collapse } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useCounting } from "@/rule-editor/counting";
import { fromRule, groupDraft, toRule } from "@/rule-editor/draft";
import type { Rule } from "@/rule-editor/rule";
import { RuleEditor } from "@/rule-editor/RuleEditor";
import { useHistory } from "@/ui/history";
import { useWords } from "@/ui/words";
import { WORDS } from "./words";

/** What is complete is applied as it is written. */
export default function Filter({ rule, onChange }: { rule: string; onChange: (rule: string) => void }) {
  const t = useWords(WORDS);
  const draft = useHistory(useMemo(() => (rule ? fromRule(JSON.parse(rule) as Rule) : groupDraft()), [])); // eslint-disable-line react-hooks/exhaustive-deps -- only what the address said at first
  const counting = useCounting(draft.now);
  const said = useMemo(() => {
    const made = toRule(draft.now);
    return made.asked ? JSON.stringify(made.rule) : "";
  }, [draft.now]);
  const [mine, setMine] = useState(rule);
  const { reset } = draft;
  useEffect(() => {
    if (said !== mine && !counting.stale && !counting.error) {
      setMine(said); // eslint-disable-line react-hooks/set-state-in-effect -- what was told to the address, once it has settled
      onChange(said);
    } else if (rule !== mine && said === mine) {
      setMine(rule);
      reset(rule ? fromRule(JSON.parse(rule) as Rule) : groupDraft());
    }
  }, [said, mine, rule, counting.stale, counting.error, onChange, reset]);
  const items = [
    {
      key: "filter",
      label: (
        <span>
          <FilterOutlined aria-hidden /> {t.filter} <span className="quiet">{said ? counting.data?.sentence : t.noFilter}</span>
        </span>
      ),
      children: <RuleEditor root={draft.now} onChange={draft.set} notes={counting.notes} />,
    },
  ];
  return <Collapse items={items} size="small" defaultActiveKey={rule ? ["filter"] : []} />;
}
