// The events of customers: how often, to how many, when; and how full their properties are.
import { EditOutlined } from "@ant-design/icons";
import { Button, Drawer, Form, Input, Space } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { best } from "@/ui/matching";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Share } from "@/ui/Share";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { DEFINITIONS, type Event, type EventDefinition, eventsQuery } from "./asking";
import { Facts, Named, PersonalMark, Uses, Values } from "./parts";
import { useSaving } from "./saving";
import { WORDS } from "./words";

export function Events() {
  const found = useQuery(eventsQuery);
  return (
    <Panel>
      <Await of={found} rows={8}>
        {(rows) => <List rows={rows} />}
      </Await>
    </Panel>
  );
}

function List({ rows }: { rows: readonly Event[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const [{ q = "", one }, setUrl] = useUrlState<{ q?: string; one?: string }>();
  const columns = useColumns((name) => setUrl({ one: name }, { replace: false }));
  const shown = q ? best(rows, q, ({ definition: d }) => [d.zh ?? "", d.en ?? "", d.name, ...(d.synonyms ?? [])], rows.length) : rows;
  const open = rows.find(({ definition }) => definition.name === one);
  if (rows.length === 0) {
    return (
      <NothingYet
        title={t.noneEvents}
        action={
          <Link to="/imports/new">
            <Button type="primary">{t.toImport}</Button>
          </Link>
        }
      >
        {t.noneEventsHow}
      </NothingYet>
    );
  }
  return (
    <div className="stack">
      <Input type="search" allowClear placeholder={t.search} aria-label={t.search} value={q} onChange={(event) => setUrl({ q: event.target.value })} style={{ maxWidth: 260 }} />
      <DataTable name={t.events} rows={shown} columns={columns} keyOf={(row) => row.definition.name} empty={<FilteredToNothing onClear={() => setUrl({ q: undefined })} />} onOpen={(row) => setUrl({ one: row.definition.name }, { replace: false })} />
      <Drawer open={open !== undefined} onClose={() => setUrl({ one: undefined })} size={640} title={open && labelOf(open.definition, lang)} closable={{ "aria-label": t.close }} destroyOnHidden>
        {open && <Detail key={open.definition.name} event={open} />}
      </Drawer>
    </div>
  );
}

function useColumns(onOpen: (name: string) => void): ColumnOf<Event>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const when = (moment: string | null) => (moment ? f.day(moment) : "–");
  return [
    {
      key: "name",
      title: t.event,
      show: ({ definition }) => (
        <Named thing={definition}>
          <button type="button" className="link-button" onClick={() => onOpen(definition.name)}>
            {labelOf(definition, lang)}
          </button>
        </Named>
      ),
      compare: (a, b) => labelOf(a.definition, lang).localeCompare(labelOf(b.definition, lang)),
    },
    { key: "count", title: t.count, numeric: true, show: (one) => f.count(one.count), compare: (a, b) => a.count - b.count },
    { key: "people", title: t.eventPeople, numeric: true, show: (one) => f.count(one.people), compare: (a, b) => a.people - b.people },
    { key: "first", title: t.first, show: (one) => when(one.first_at), wide: true },
    { key: "last", title: t.last, show: (one) => when(one.last_at), compare: (a, b) => (a.last_at ?? "").localeCompare(b.last_at ?? "") },
    { key: "properties", title: t.properties, numeric: true, show: (one) => one.properties.length, wide: true },
    { key: "sources", title: t.from, show: (one) => one.sources.map(({ source }) => source).join("、") || "–", wide: true },
    { key: "uses", title: t.usedBy, numeric: true, show: (one) => one.uses.length, compare: (a, b) => a.uses.length - b.uses.length, wide: true },
  ];
}

function Detail({ event }: { event: Event }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const may = useMay("define");
  const [editing, setEditing] = useState(false);
  if (editing) return <EventForm event={event} onClose={() => setEditing(false)} />;
  const d = event.definition;
  return (
    <div className="stack">
      <Facts
        of={[
          [t.id, <span key="id" className="code">{d.name}</span>],
          [t.zh, d.zh],
          [t.en, d.en],
          [t.count, f.count(event.count)],
          [t.eventPeople, f.count(event.people)],
          [t.first, event.first_at && f.moment(event.first_at)],
          [t.last, event.last_at && f.moment(event.last_at)],
          [t.from, event.sources.map(({ source, count }) => `${source} ${f.count(count)}`).join("、")],
          [t.version, event.version && event.at ? `${event.version} · ${event.author ?? ""} · ${f.moment(event.at)}` : t.starter],
        ]}
      />
      {may && (
        <Button icon={<EditOutlined />} onClick={() => setEditing(true)} style={{ alignSelf: "start" }}>
          {t.edit}
        </Button>
      )}
      {event.properties.map((one) => (
        <section className="part" key={one.definition.name}>
          <h3>
            <Named thing={one.definition} />
          </h3>
          <div className="stack" style={{ gap: 6 }}>
            <div className="row">
              <span>{t.types[one.definition.value ?? "text"]}</span>
              <PersonalMark of={one.definition.personal ?? "none"} />
              <Share of={one.fill} name={t.fill} />
            </div>
            <Values values={one.values} masked={one.masked} most={8} />
          </div>
        </section>
      ))}
      <section className="part">
        <h3>{t.usedBy}</h3>
        <Uses uses={event.uses} />
      </section>
    </div>
  );
}

function EventForm({ event, onClose }: { event: Event; onClose: () => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const [form] = Form.useForm<EventDefinition>();
  const saving = useSaving(DEFINITIONS.events, event.version, onClose, (theirs) => form.setFieldsValue(theirs));
  const d = event.definition;
  const labels = lang === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const);
  const finish = (said: EventDefinition) => void saving.save({ ...d, zh: said.zh, en: said.en, properties: d.properties?.map((one, at) => ({ ...one, ...said.properties?.[at] })) });
  return (
    <Form<EventDefinition> form={form} layout="vertical" requiredMark={false} initialValues={d} onFinish={finish}>
      {saving.refused}
      <div className="grid" style={{ "--least": "200px", gap: "0 12px" } as React.CSSProperties}>
        {labels.map((one, at) => (
          <Form.Item key={one} name={one} label={t[one]}>
            <Input maxLength={60} autoFocus={at === 0} />
          </Form.Item>
        ))}
      </div>
      {d.properties?.map((prop, at) => (
        <section className="part" key={prop.name} aria-label={prop.name}>
          <h3>
            {t.property} <span className="code">{prop.name}</span>
          </h3>
          <div className="grid" style={{ "--least": "200px", gap: "0 12px" } as React.CSSProperties}>
            {labels.map((one) => (
              <Form.Item key={one} name={["properties", at, one]} label={t[one]}>
                <Input maxLength={60} />
              </Form.Item>
            ))}
          </div>
        </section>
      ))}
      <Space>
        <Button type="primary" htmlType="submit" loading={saving.busy}>
          {t.save}
        </Button>
        <Button onClick={onClose}>{t.cancel}</Button>
      </Space>
    </Form>
  );
}
