// Messages as they landed, newest first, each with what became of it; a click shows the whole of one.
import { CheckCircleOutlined, CloseCircleOutlined, CopyOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import { type ReactNode, useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { MaskedText } from "@/ui/MaskedText";
import { useFormats } from "@/ui/numbers";
import { ProblemView } from "@/ui/states";
import { useWords } from "@/ui/words";
import type { Landed } from "./asking";
import { Message } from "./Message";
import type { Tailing } from "./tailing";
import { WORDS } from "./words";

export function Messages({ tail, empty }: { tail: Tailing; empty: ReactNode }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const [open, setOpen] = useState<Landed | null>(null);
  if (tail.problem) return <ProblemView error={tail.problem} onRetry={tail.retry} />;
  const columns: ColumnOf<Landed>[] = [
    {
      key: "at",
      title: t.at,
      width: 110,
      show: (one) => (
        <time dateTime={one.received} title={f.moment(one.received)} className="code">
          {f.clock(one.received)}
        </time>
      ),
    },
    { key: "source", title: t.source, show: (one) => one.source },
    {
      key: "event",
      title: t.event,
      show: (one) => (
        <button type="button" className="as-link" onClick={() => setOpen(one)} title={t.open}>
          {one.event || (t.what[one.kind] ?? "?")}
        </button>
      ),
    },
    { key: "who", title: t.who, show: (one) => <Ids one={one} /> },
    { key: "verdict", title: t.verdict, show: (one) => <Verdict one={one} /> },
  ];
  return (
    <>
      <DataTable name={t.newest} rows={tail.messages} columns={columns} keyOf={(one) => one.number} empty={empty} onOpen={setOpen} />
      {open && <Message number={open.number} onClose={() => setOpen(null)} />}
    </>
  );
}

export function Ids({ one }: { one: Landed }) {
  const t = useWords(WORDS);
  if (one.ids.length === 0) return <span className="quiet">{t.nobody}</span>;
  return (
    <span className="ids">
      {one.ids.map((id) => (
        <span key={`${id.type} ${id.value}`} className="code">
          <span className="quiet">{id.type}</span> <MaskedText>{id.value}</MaskedText>
        </span>
      ))}
    </span>
  );
}

export function Verdict({ one }: { one: Landed }) {
  const t = useWords(WORDS);
  const said = t.verdicts[one.verdict];
  if (one.verdict === "accepted") {
    return (
      <Tag color="success" icon={<CheckCircleOutlined aria-hidden />}>
        {said}
      </Tag>
    );
  }
  if (one.verdict === "repeat") {
    return (
      <Tag icon={<CopyOutlined aria-hidden />} title={t.repeatHow}>
        {said}
      </Tag>
    );
  }
  return (
    <span className="row" style={{ gap: 4 }}>
      <Tag color="error" icon={<CloseCircleOutlined aria-hidden />}>
        {said}
      </Tag>
      <span>{one.reason}</span>
    </span>
  );
}
