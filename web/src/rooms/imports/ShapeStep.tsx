// How the file is read: encoding, delimiter, sheet and header, with its first rows; and what its rows are.
import { Alert, AutoComplete, Button, Select } from "antd";
import { useState } from "react";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Overrides } from "./asking";
import { FirstRows } from "./FirstRows";
import { useNotes } from "./notes";
import { Foot } from "./WizardSteps";
import type { Wizard } from "./wizard";
import { WORDS } from "./wizard-words";
import { WORDS as LIST_WORDS } from "./words";

const ENCODINGS = ["utf-8", "gb18030", "big5", "utf-16", "cp1252", "shift_jis", "euc_kr"];
const MARKS = [
  [",", "comma"],
  ["\t", "tab"],
  [";", "semicolon"],
  ["|", "bar"],
] as const;
const AUTO = "";

export function ShapeStep({ wizard }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { kept, look, draft, change, go } = wizard;
  const notes = useNotes(look.shape.notes ?? []);
  const read = (some: Overrides) => change({ overrides: { ...draft.overrides, ...some } });
  const { lang, ...corrected } = draft.overrides;
  const touched = Object.values(corrected).some((value) => value !== null && value !== undefined);
  const rows = look.rows === null ? "" : ` · ${look.rows_exact ? t.rowsExact(f.count(look.rows)) : t.rowsAbout(f.count(look.rows))}`;
  return (
    <>
      <Panel title={kept.file} extra={<span className="quiet">{`${t.kept(f.bytes(kept.bytes), f.moment(kept.until))}${rows}`}</span>}>
        <div className="stack">
          {look.known && <Alert type="success" showIcon title={t.known} />}
          <div className="wizard-form">
            <Kind wizard={wizard} />
            <Source key={wizard.mapping.source} wizard={wizard} />
            <Shape wizard={wizard} onRead={read} />
          </div>
          {notes.length > 0 && (
            <ul className="notes">
              {notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
          {touched && (
            <div>
              <Button onClick={() => change({ overrides: lang ? { lang } : {} })}>{t.reset}</Button>
            </div>
          )}
        </div>
      </Panel>
      <Panel title={look.shape.top?.length ? t.header : t.preview}>
        <FirstRows look={look} onHeader={(row) => read({ header_row: row })} />
      </Panel>
      <Foot>
        <Button type="primary" onClick={() => go("columns")}>
          {t.next}
        </Button>
      </Foot>
    </>
  );
}

function Kind({ wizard: { look, mapping, definitions, change } }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const list = useWords(LIST_WORDS);
  const f = useFormats();
  const lang = useLang();
  const guess = look.guesses.find((one) => one.rows === mapping.rows);
  const options = [
    { value: "customers", label: list.kinds.customers },
    ...definitions.events.map((event) => ({ value: event.name, label: labelOf(event, lang) })),
    { value: "events", label: list.kinds.events },
  ];
  return (
    <label>
      <span>{t.rows}</span>
      <Select aria-label={t.rows} showSearch={{ optionFilterProp: "label" }} value={mapping.rows} options={options} onChange={(rows) => change({ rows })} />
      <small className="quiet">{guess && guess.score > 0 ? t.guessed(f.share(guess.score)) : t.rowsHint}</small>
    </label>
  );
}

/** Where the rows come from; a name there is, or a new one. */
function Source({ wizard: { mapping, definitions, change } }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const known = definitions.sources.find((one) => one.name === mapping.source);
  const label = known ? labelOf(known, lang) : mapping.source;
  const [typed, setTyped] = useState(label);
  const options = definitions.sources.map((one) => ({ value: labelOf(one, lang) }));
  const settle = (text: string) => {
    const said = text.trim();
    const chosen = definitions.sources.find((one) => labelOf(one, lang) === said)?.name ?? said;
    if (chosen && chosen !== mapping.source) change({ source: chosen });
    else setTyped(label);
  };
  return (
    <label>
      <span>{t.source}</span>
      <AutoComplete
        aria-label={t.source}
        value={typed}
        options={options}
        onChange={setTyped}
        onSelect={settle}
        onBlur={() => settle(typed)}
        onKeyDown={(event) => event.key === "Enter" && settle(typed)}
        maxLength={60}
      />
      <small className="quiet">{t.sourceHint}</small>
    </label>
  );
}

function Shape({ wizard: { look, mapping, draft, change }, onRead }: { wizard: Wizard; onRead: (some: Overrides) => void }) {
  const t = useWords(WORDS);
  const { shape } = look;
  const { overrides } = draft;
  const auto = (now: string) => ({ value: AUTO, label: `${t.auto} (${now})` });
  const mark = (value: string) => MARKS.find(([one]) => one === value)?.[1];
  const delimiter = mark(shape.delimiter ?? ",");
  const sheets = shape.sheets ?? [];
  return (
    <>
      {shape.format === "csv" && (
        <>
          <label>
            <span>{t.encoding}</span>
            <Select
              aria-label={t.encoding}
              value={overrides.encoding ?? AUTO}
              options={[auto(shape.encoding ?? "utf-8"), ...ENCODINGS.map((value) => ({ value, label: value }))]}
              onChange={(value) => onRead({ encoding: value || null })}
            />
          </label>
          <label>
            <span>{t.delimiter}</span>
            <Select
              aria-label={t.delimiter}
              value={overrides.delimiter ?? AUTO}
              options={[auto(delimiter ? t.delimiters[delimiter] : (shape.delimiter ?? "")), ...MARKS.map(([value, name]) => ({ value, label: t.delimiters[name] }))]}
              onChange={(value) => onRead({ delimiter: value || null })}
            />
          </label>
        </>
      )}
      {sheets.length > 1 && (
        <label>
          <span>{t.sheet}</span>
          <Select aria-label={t.sheet} value={shape.sheet} options={sheets.map((value) => ({ value, label: value }))} onChange={(sheet) => onRead({ sheet, header_row: null })} />
        </label>
      )}
      <label>
        <span>{t.dateOrder}</span>
        <Select
          aria-label={t.dateOrder}
          value={mapping.date_order ?? AUTO}
          options={[{ value: AUTO, label: t.auto }, ...(["ymd", "dmy", "mdy"] as const).map((value) => ({ value, label: t.dateOrders[value] }))]}
          onChange={(value) => change({ order: (value || undefined) as typeof draft.order })}
        />
      </label>
    </>
  );
}
