// What is known of a person: pinned attributes first, each with its source, its time and the values that
// lost to it.
import { PushpinFilled, PushpinOutlined, SwapOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useState } from "react";
import { usePreference } from "@/api/preferences";
import { useFormats } from "@/ui/numbers";
import { match } from "@/ui/matching";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Card } from "./PersonPage";
import { ValueOf } from "./showing";
import { WORDS } from "./words";

type One = Card["values"][number];

const FIRST = ["gender", "birth_date", "province", "city", "phone", "mail"];

export function Known({ card }: { card: Card }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const admin = useMay("admin");
  const [typed, setTyped] = useState("");
  const pins = usePreference<string[]>("card.pinned", FIRST);
  const known = card.values.filter((one) => one.value !== null);
  const found = known.filter((one) => [one.name, one.zh, one.en].some((word) => match(word, typed)));
  const pinned = found.filter((one) => pins.value.includes(one.name));
  const others = found.filter((one) => !pins.value.includes(one.name));
  const toggle = (name: string) => pins.set(pins.value.includes(name) ? pins.value.filter((each) => each !== name) : [...pins.value, name]);
  const rows = (list: One[]) => list.map((one) => <Row key={one.name} one={one} label={labelOf(one, lang)} pinned={pins.value.includes(one.name)} onPin={() => toggle(one.name)} />);
  return (
    <Panel
      title={t.values}
      extra={
        <span className="quiet" aria-live="polite">
          {pins.state === "saving" ? t.saving : pins.state === "saved" ? t.saved : pins.state === "failed" ? t.failed : ""}
        </span>
      }
    >
      <Input type="search" size="small" allowClear placeholder={t.searchValues} aria-label={t.searchValues} value={typed} onChange={(event) => setTyped(event.target.value)} className="no-print" />
      {pinned.length > 0 && (
        <ul className="known" aria-label={t.pinned}>
          {rows(pinned)}
        </ul>
      )}
      {others.length > 0 && (
        <ul className="known" aria-label={t.values}>
          {rows(others)}
        </ul>
      )}
      {admin && (
        <Button size="small" type="link" className="no-print" onClick={() => pins.setForTeam(pins.value)}>
          {t.pinTeam}
        </Button>
      )}
    </Panel>
  );
}

function Row({ one, label, pinned, onPin }: { one: One; label: string; pinned: boolean; onPin: () => void }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const from = [one.source && t.from(one.source), one.at && f.ago(one.at), one.confidence !== null && one.confidence < 1 && t.inferred(f.share(one.confidence))].filter(Boolean).join(" · ");
  return (
    <li>
      <div className="known-label">
        <span className="quiet">{label}</span>
        <Button type="text" size="small" icon={pinned ? <PushpinFilled /> : <PushpinOutlined />} aria-label={`${pinned ? t.unpin : t.pin} ${label}`} aria-pressed={pinned} onClick={onPin} className="no-print" />
      </div>
      <div>
        <ValueOf value={one.value} kind={one.kind} zh={one.value_zh} en={one.value_en} />
        {one.alternatives.length > 0 && <Others one={one} label={label} />}
      </div>
      {from && <small className="quiet">{from}</small>}
    </li>
  );
}

function Others({ one, label }: { one: One; label: string }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const list = (
    <ul className="others">
      {one.alternatives.map((other, at) => (
        <li key={at}>
          <ValueOf value={other.value} kind={one.kind} />{" "}
          <small className="quiet">
            {t.from(other.source)} {other.at && f.ago(other.at)}
          </small>
        </li>
      ))}
    </ul>
  );
  return (
    <Popover content={list} title={t.otherValues} trigger={["click"]}>
      <Button type="text" size="small" icon={<SwapOutlined />} aria-label={`${label}: ${t.otherValues} (${one.alternatives.length})`} className="no-print">
        {one.alternatives.length}
      </Button>
    </Popover>
  );
}
