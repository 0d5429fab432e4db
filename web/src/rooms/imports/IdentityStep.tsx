// Who the rows are about: which identifiers link them and how far, what repeated rows do, whose word counts.
import { App, Button, InputNumber, Tag } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, got } from "@/api/client";
import { useJobActions } from "@/jobs/acting";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { useTelling } from "@/ui/telling";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { IdentifierDefinition } from "./asking";
import { identifierOf, isCustomers, KEY, PERSON } from "./targets";
import { Foot } from "./WizardSteps";
import { askFor, type Wizard } from "./wizard";
import { WORDS } from "./wizard-words";

const TRUST = 50;

export function IdentityStep({ wizard }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const { ask, asking } = useJobActions();
  const check = async () => {
    const job = await ask(() => askFor(wizard, true));
    if (job) wizard.go("check", job.number);
  };
  return (
    <>
      <div className="grid" style={{ "--least": "380px" } as React.CSSProperties}>
        <Who wizard={wizard} />
        <div className="stack">
          <Repeats wizard={wizard} />
          <Trust key={wizard.mapping.source} wizard={wizard} />
        </div>
      </div>
      <Foot onBack={() => wizard.go("columns")}>
        <Button type="primary" loading={asking} onClick={() => void check()}>
          {t.check}
        </Button>
      </Foot>
    </>
  );
}

interface Used {
  one: IdentifierDefinition;
  columns: string[];
}

/** Returns the identifiers that columns hold, the strongest first. */
function usedOf({ mapping, definitions }: Wizard): Used[] {
  const used = definitions.identifiers.map((one) => ({
    one,
    columns: mapping.columns.filter((column) => identifierOf(column.to, mapping, definitions) === one.name).map((column) => column.column),
  }));
  return used.filter((each) => each.columns.length > 0).sort((a, b) => a.one.priority - b.one.priority);
}

function Who({ wizard }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const used = usedOf(wizard);
  return (
    <Panel title={t.identity}>
      <p className="quiet" style={{ marginTop: 0 }}>
        {used.length ? t.identityLead : t.noId}
      </p>
      <ol className="ranked">
        {used.map(({ one, columns }) => (
          <li key={one.name}>
            <span>
              <strong>{labelOf(one, lang)}</strong> <span className="quiet">{t.from(columns.join(lang === "zh" ? "、" : ", "))}</span>
            </span>
            <span className="row">
              <Tag>{one.limit ? t.limit(one.limit) : t.limitNone}</Tag>
              {one.shared_above ? <Tag>{t.shared(one.shared_above)}</Tag> : null}
              {one.one_name && <Tag>{t.oneName}</Tag>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Repeats({ wizard }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  return (
    <Panel title={t.repeats}>
      <p style={{ marginTop: 0 }}>{useKeySaid(wizard)}</p>
      <p>{t.newest}</p>
      <Preferences wizard={wizard} />
    </Panel>
  );
}

/** Says what makes two rows one record, as the server will tell. */
function useKeySaid(wizard: Wizard): string {
  const t = useWords(WORDS);
  const lang = useLang();
  const { mapping } = wizard;
  const key = mapping.columns.find((one) => one.to === KEY);
  if (key) return t.keyTold(key.column);
  const has = (to: string) => mapping.columns.some((one) => one.to === to);
  if (!isCustomers(mapping.rows)) return has("order_id") && has("line_id") ? t.keyOrder : t.keyRow;
  const isShared = (one: IdentifierDefinition) => Boolean(one.one_name) || Boolean(one.shared_above);
  const [first] = usedOf(wizard).sort((a, b) => Number(isShared(a.one)) - Number(isShared(b.one)));
  if (!first) return t.keyNone;
  const label = labelOf(first.one, lang);
  return isShared(first.one) ? t.keyIdShared(label) : t.keyId(label);
}

function Preferences({ wizard: { mapping, definitions } }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const customers = isCustomers(mapping.rows);
  const fields = mapping.columns.flatMap(({ to }) => {
    if (to === null || (!customers && !to.startsWith(PERSON))) return [];
    const name = customers ? to : to.slice(PERSON.length);
    return [...definitions.fields, ...(mapping.new ?? [])].find((one) => one.name === name) ?? [];
  });
  if (fields.length === 0) return null;
  const hows = (["latest", "trusted", "frequent", "complete"] as const).map((how) => ({ how, mine: fields.filter((one) => (one.prefer ?? "latest") === how) }));
  return (
    <>
      <p>{t.perField}</p>
      <ul className="notes">
        {hows
          .filter(({ mine }) => mine.length > 0)
          .map(({ how, mine }) => (
            <li key={how}>{t.preferList(t.prefers[how], [...new Set(mine.map((one) => labelOf(one, lang)))].join(lang === "zh" ? "、" : ", "))}</li>
          ))}
      </ul>
    </>
  );
}

/** How far the source is believed; those who may define change it here. */
function Trust({ wizard: { mapping, definitions } }: { wizard: Wizard }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const may = useMay("define");
  const client = useQueryClient();
  const { message } = App.useApp();
  const tell = useTelling();
  const known = definitions.sources.find((one) => one.name === mapping.source);
  const before = known?.trust ?? TRUST;
  const [trust, setTrust] = useState(before);
  const save = async () => {
    const body = known ?? { name: mapping.source, zh: mapping.source, en: mapping.source };
    try {
      await got(api.PUT("/v1/definitions/sources/{name}", { params: { path: { name: mapping.source } }, body: { ...body, trust } as never }));
      await client.invalidateQueries({ queryKey: ["definitions"] });
      void message.success(t.trustSaved);
    } catch (error) {
      tell(error);
    }
  };
  return (
    <Panel title={t.trust}>
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.trustLead(known ? labelOf(known, lang) : mapping.source)}
      </p>
      {may ? (
        <div className="row">
          <InputNumber aria-label={t.trust} min={0} max={100} precision={0} value={trust} onChange={(value) => setTrust(value ?? TRUST)} />
          {trust !== before && <Button onClick={() => void save()}>{t.trustSave}</Button>}
        </div>
      ) : (
        <span className="figure">{before}</span>
      )}
    </Panel>
  );
}
