// What each column means: samples, what they look like, the proposal with how sure it is, and a way to change it.
import { EditOutlined } from "@ant-design/icons";
import { Alert, Button, Tag } from "antd";
import { useState } from "react";
import { Combo } from "@/ui/Combo";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useWords } from "@/ui/words";
import type { FieldDefinition, Look, Mapping } from "./asking";
import { fieldName, tell } from "./draft";
import { FieldDialog } from "./FieldDialog";
import { AT, EVENT, identifierOf, IGNORE, isCustomers, NEW, type Targets, useTargets } from "./targets";
import { Foot } from "./WizardSteps";
import type { Wizard } from "./wizard";
import { WORDS } from "./wizard-words";

interface Row {
  said: Mapping["columns"][number];
  seen: Look["columns"][number] | undefined;
}

export function ColumnsStep({ wizard }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const { look, mapping, draft, change, go, definitions } = wizard;
  const targets = useTargets(mapping, definitions);
  const [making, setMaking] = useState<{ column: string; field: FieldDefinition }>();
  const choose = (row: Row, key: string) => {
    const column = row.said.column;
    if (key === NEW) setMaking({ column, field: freshField(row) });
    else change(tell(draft, mapping.rows, column, key === IGNORE ? null : key));
  };
  const rows = mapping.columns.map((said): Row => ({ said, seen: look.columns.find((one) => one.column === said.column) }));
  const columns = useColumns(mapping, targets, choose, (column, field) => setMaking({ column, field }));
  return (
    <>
      <Warnings wizard={wizard} targets={targets} />
      <Panel title={t.mapping}>
        <p className="quiet" style={{ marginTop: 0 }}>
          {t.mappingLead}
        </p>
        <DataTable name={t.mapping} rows={rows} columns={columns} keyOf={(row) => row.said.column} />
      </Panel>
      {making && (
        <FieldDialog
          wizard={wizard}
          field={making.field}
          onDone={(field) => {
            setMaking(undefined);
            if (field) change(tell(draft, mapping.rows, making.column, field.name, field));
          }}
        />
      )}
      <Foot onBack={() => go("file")}>
        <Button type="primary" onClick={() => go("identity")}>
          {t.next}
        </Button>
      </Foot>
    </>
  );
}

/** Returns a field for a column that nothing there is fits. */
function freshField({ said, seen }: Row): FieldDefinition {
  return { name: fieldName(said.column), zh: said.column, en: said.column, value: seen?.detected ?? "text", personal: "personal" };
}

function useColumns(mapping: Mapping, targets: Targets, choose: (row: Row, key: string) => void, edit: (column: string, field: FieldDefinition) => void): ColumnOf<Row>[] {
  const t = useWords(WORDS);
  const f = useFormats();
  return [
    { key: "column", title: t.column, show: ({ said }) => <strong>{said.column}</strong> },
    {
      key: "samples",
      title: t.samples,
      show: ({ seen }) => {
        const said = seen?.samples.join(" · ") ?? "";
        return (
          <span>
            <span className="samples" title={said}>
              {said || "–"}
            </span>
            {seen && seen.fill < 1 && <div className="quiet">{t.filled(f.share(seen.fill))}</div>}
          </span>
        );
      },
    },
    { key: "detected", title: t.detected, show: ({ seen }) => (seen?.detected ? t.types[seen.detected] : "–"), wide: true },
    {
      key: "target",
      title: t.target,
      show: (row) => {
        const field = (mapping.new ?? []).find((one) => one.name === row.said.to);
        return (
          <span className="row target">
            <Combo
              options={targets.options}
              chosen={row.said.to ?? IGNORE}
              onChoose={(key) => choose(row, key)}
              name={`${t.target} ${row.said.column}`}
              placeholder={t.search}
              nothing={t.nothing}
            />
            {field && <Button type="text" size="small" icon={<EditOutlined />} aria-label={`${t.fieldTitle} ${row.said.column}`} onClick={() => edit(row.said.column, field)} />}
          </span>
        );
      },
    },
    { key: "sure", title: t.confidence, show: ({ said }) => <Sure said={said} /> },
  ];
}

function Sure({ said }: { said: Row["said"] }) {
  const t = useWords(WORDS);
  const confidence = said.confidence ?? 1;
  const because = said.because ?? "told";
  const level = confidence >= 0.9 ? "high" : confidence >= 0.65 ? "middle" : "low";
  const color = { high: "success", middle: "processing", low: "warning" }[level];
  return (
    <span className="row" style={{ flexWrap: "nowrap" }}>
      {because !== "told" && because !== "unused" && <Tag color={color}>{t.sure[level]}</Tag>}
      <span className="quiet">{t.because[because]}</span>
    </span>
  );
}

/** Says what the rows lack to be of use, before anybody waits for a check to tell. */
function Warnings({ wizard: { mapping, definitions }, targets }: { wizard: Wizard; targets: Targets }) {
  const t = useWords(WORDS);
  const used = mapping.columns.flatMap((one) => (one.to === null ? [] : [one.to]));
  const said: string[] = [];
  if (!used.some((to) => identifierOf(to, mapping, definitions))) said.push(t.noId);
  if (!isCustomers(mapping.rows) && !used.includes(AT)) said.push(t.noTime);
  if (mapping.rows === "events" && !used.includes(EVENT)) said.push(t.noEvent);
  const twice = [...new Set(used.filter((to, at) => used.indexOf(to) !== at))];
  return (
    <>
      {said.map((one) => (
        <Alert key={one} type="warning" showIcon title={one} />
      ))}
      {twice.map((to) => (
        <Alert key={to} type="info" showIcon title={t.both(targets.label(to))} />
      ))}
    </>
  );
}
