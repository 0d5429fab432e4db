// The fields of a customer: what they mean, how full they are, and where they come from.
import { Drawer, Input, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { best } from "@/ui/matching";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { Share } from "@/ui/Share";
import { Await, FilteredToNothing } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Field, fieldsQuery, HIDDEN } from "./asking";
import { FieldDetail } from "./FieldDetail";
import { FewValues, Named, PersonalMark } from "./parts";
import { WORDS } from "./words";

interface Url {
  q?: string;
  type?: string;
  personal?: string;
  one?: string;
}

export function Fields() {
  const found = useQuery(fieldsQuery);
  return (
    <Panel>
      <Await of={found} rows={10}>
        {(rows) => <List rows={rows} />}
      </Await>
    </Panel>
  );
}

function List({ rows }: { rows: readonly Field[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const [{ q = "", type = "", personal = "", one }, setUrl] = useUrlState<Url>();
  const columns = useColumns((name) => setUrl({ one: name }, { replace: false }));
  const kept = rows.filter(({ definition: d }) => (!type || d.value === type) && (!personal || d.personal === personal));
  const shown = q ? best(kept, q, ({ definition: d }) => [d.zh ?? "", d.en ?? "", d.name, ...(d.synonyms ?? [])], kept.length) : kept;
  const open = rows.find(({ definition }) => definition.name === one);
  const types: string[] = [...new Set(rows.map(({ definition }) => definition.value ?? "text"))];
  return (
    <div className="stack">
      <div className="row">
        <Input type="search" allowClear placeholder={t.search} aria-label={t.search} value={q} onChange={(event) => setUrl({ q: event.target.value })} style={{ width: 260 }} />
        <Select aria-label={t.type} prefix={<span className="quiet">{t.type}</span>} value={type} options={[{ value: "", label: t.all }, ...types.map((value) => ({ value, label: t.types[value] }))]} onChange={(next) => setUrl({ type: next })} popupMatchSelectWidth={false} />
        <Select aria-label={t.personal} prefix={<span className="quiet">{t.personal}</span>} value={personal} options={[{ value: "", label: t.all }, ...Object.entries(t.personals).map(([value, label]) => ({ value, label }))]} onChange={(next) => setUrl({ personal: next })} popupMatchSelectWidth={false} />
      </div>
      <DataTable
        name={t.fields}
        rows={shown}
        columns={columns}
        keyOf={(row) => row.definition.name}
        empty={<FilteredToNothing onClear={() => setUrl({ q: undefined, type: undefined, personal: undefined })} />}
        onOpen={(row) => setUrl({ one: row.definition.name }, { replace: false })}
      />
      <Drawer open={open !== undefined} onClose={() => setUrl({ one: undefined })} size={560} title={open && labelOf(open.definition, lang)} closable={{ "aria-label": t.close }} destroyOnHidden>
        {open && <FieldDetail key={open.definition.name} field={open} />}
      </Drawer>
    </div>
  );
}

function useColumns(onOpen: (name: string) => void): ColumnOf<Field>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  return [
    {
      key: "name",
      title: t.field,
      show: ({ definition }) => (
        <Named thing={definition}>
          <button type="button" className="link-button" onClick={() => onOpen(definition.name)}>
            {labelOf(definition, lang)}
          </button>
        </Named>
      ),
      compare: (a, b) => labelOf(a.definition, lang).localeCompare(labelOf(b.definition, lang)),
    },
    { key: "type", title: t.type, show: ({ definition }) => t.types[definition.value ?? "text"], compare: (a, b) => (a.definition.value ?? "").localeCompare(b.definition.value ?? "") },
    { key: "personal", title: t.personal, show: ({ definition }) => <PersonalMark of={definition.personal ?? "personal"} /> },
    { key: "fill", title: t.fill, show: (one) => <Share of={one.coverage} name={t.fill} />, compare: (a, b) => a.coverage - b.coverage },
    { key: "values", title: t.common, show: (one) => <FewValues values={one.values} masked={one.masked || HIDDEN.has(one.definition.personal ?? "personal")} />, wide: true },
    { key: "sources", title: t.from, show: (one) => one.sources.map(({ source }) => source).join("、") || "–", wide: true },
    { key: "newest", title: t.newest, show: (one) => (one.last_at ? <span title={f.moment(one.last_at)}>{f.ago(one.last_at)}</span> : "–"), compare: (a, b) => (a.last_at ?? "").localeCompare(b.last_at ?? ""), wide: true },
    { key: "uses", title: t.usedBy, numeric: true, show: (one) => one.uses.length, compare: (a, b) => a.uses.length - b.uses.length, wide: true },
  ];
}
