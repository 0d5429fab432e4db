// The events of a plan, each with its properties, folded until it is asked for.
import { DeleteOutlined, DownOutlined, PlusOutlined, RightOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useFormats } from "@/ui/numbers";
import { labelOf, useLang, useWords } from "@/ui/words";
import { eventsQuery } from "./asking";
import { ACTIONS, changeEvent, changeProperty, type EventDraft, type Fault, newEvent, newProperty, type PlanDraft } from "./plan-draft";
import { finds, PlanProperty } from "./PlanProperty";
import { WORDS } from "./plan-words";

interface Props {
  draft: PlanDraft;
  faults: readonly Fault[];
  onChange: (change: (now: PlanDraft) => PlanDraft) => void;
}

export function PlanEvents({ draft, faults, onChange }: Props) {
  const t = useWords(WORDS);
  const lang = useLang();
  const known = useQuery(eventsQuery).data ?? [];
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(draft.events.length === 1 ? [draft.events[0]!.id] : []));
  const told = useMemo(() => new Map(faults.map(({ at, what }) => [at, what])), [faults]);
  const toggle = (id: string) => setOpen((now) => new Set(now.has(id) ? [...now].filter((one) => one !== id) : [...now, id]));
  const add = () => {
    const made = newEvent();
    setOpen((now) => new Set([...now, made.id]));
    onChange((now) => ({ ...now, events: [...now.events, made] }));
  };
  const options = known.map((one) => ({ value: one.name, label: `${one.name} · ${labelOf(one, lang)}` }));
  return (
    <div className="stack">
      {draft.events.length === 0 && <p className="quiet">{t.eventsNone}</p>}
      {draft.events.map((one) => (
        <OneEvent
          key={one.id}
          event={one}
          open={open.has(one.id)}
          faults={told}
          events={options}
          properties={known.find(({ name }) => name === one.event)?.properties?.map((prop) => ({ value: prop.name, label: `${prop.name} · ${labelOf(prop, lang)}` })) ?? []}
          unknown={t.actions[draft.unknown_property] ?? ""}
          onToggle={() => toggle(one.id)}
          onChange={(change) => onChange((now) => changeEvent(now, one.id, change))}
        />
      ))}
      <Button type="dashed" icon={<PlusOutlined aria-hidden />} style={{ alignSelf: "start" }} onClick={add}>
        {t.addEvent}
      </Button>
    </div>
  );
}

type Options = { value: string; label: string }[];

interface OneProps {
  event: EventDraft;
  open: boolean;
  faults: ReadonlyMap<string, Fault["what"]>;
  events: Options;
  properties: Options;
  /** What becomes of properties that the plan does not name, as it says of all events. */
  unknown: string;
  onToggle: () => void;
  onChange: (change: (event: EventDraft) => EventDraft | undefined) => void;
}

function OneEvent({ event, open, faults, events, properties, unknown, onToggle, onChange }: OneProps) {
  const t = useWords(WORDS);
  const f = useFormats();
  const fault = faults.get(event.id);
  const inside = event.properties.some(({ id }) => faults.has(id));
  const named = event.event || "?";
  const others = [{ value: "", label: t.asPlan(unknown) }, ...ACTIONS.map((one) => ({ value: one, label: t.actions[one] }))];
  return (
    <section className="plan-event" aria-label={named}>
      <header>
        <Button type="text" size="small" icon={open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />} aria-expanded={open} aria-label={t.expand(named)} onClick={onToggle} />
        <AutoComplete
          aria-label={`${t.eventName}: ${named}`}
          placeholder={t.eventName}
          value={event.event}
          options={events}
          status={fault ? "error" : undefined}
          showSearch={{ filterOption: finds }}
          onChange={(name: string) => onChange((now) => ({ ...now, event: name }))}
        />
        <span className={inside ? "plan-fault" : "quiet"}>{t.properties(f.count(event.properties.length))}</span>
        <Button type="text" size="small" icon={<DeleteOutlined aria-hidden />} aria-label={t.removeEvent(named)} onClick={() => onChange(() => undefined)} />
      </header>
      {fault && (
        <p className="plan-fault" role="alert">
          {t.faults[fault]}
        </p>
      )}
      {open && (
        <>
          {event.properties.length > 0 && (
            <ul className="plan-properties">
              {event.properties.map((one) => (
                <PlanProperty
                  key={one.id}
                  property={one}
                  fault={faults.get(one.id)}
                  names={properties}
                  onChange={(change) => onChange((now) => changeProperty(now, one.id, change))}
                />
              ))}
            </ul>
          )}
          <footer>
            <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => onChange((now) => ({ ...now, properties: [...now.properties, newProperty()] }))}>
              {t.addProperty}
            </Button>
            <span className="row">
              <span className="quiet">{t.others}</span>
              <Select
                size="small"
                aria-label={`${t.others}: ${named}`}
                value={event.unknown_property}
                options={others}
                popupMatchSelectWidth={false}
                onChange={(action) => onChange((now) => ({ ...now, unknown_property: action as EventDraft["unknown_property"] }))}
              />
            </span>
          </footer>
        </>
      )}
    </section>
  );
}
