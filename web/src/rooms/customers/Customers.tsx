// Customers: one by any identifier, or many by the same conditions that audiences are made of.
import { SaveOutlined } from "@ant-design/icons";
import { Button, Input, Skeleton } from "antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { api, got } from "@/api/client";
import type { Rule } from "@/rule-editor/rule";
import { useVocabulary, VocabularyContext, type Vocabulary } from "@/rule-editor/vocabulary";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { LinkButton } from "@/ui/LinkButton";
import { MaskedText } from "@/ui/MaskedText";
import { MultiSelect } from "@/ui/MultiSelect";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { Await, FilteredToNothing, NothingYet } from "@/ui/states";
import { jsonOf, useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { ValueOf, type Plain } from "./showing";
import { Views } from "./Views";
import { WORDS } from "./words";
import "./customers.css";

const Filter = lazy(() => import("./Filter"));

const SIZE = 20;
const COLUMNS = ["name", "gender", "city", "lifecycle", "rfm_group", "spend_365d"];

export interface Shown {
  rule?: string;
  columns?: string;
  order?: string;
  desc?: boolean;
  page?: number;
  size?: number;
}

type Row = Record<string, Plain>;

export function Customers() {
  const t = useWords(WORDS);
  const vocabulary = useVocabulary();
  return (
    <PageShell title={t.title} lead={t.lead}>
      <Panel>
        <Find />
      </Panel>
      <Await of={vocabulary}>
        {(words) => (
          <VocabularyContext.Provider value={words}>
            <Listed words={words} />
          </VocabularyContext.Provider>
        )}
      </Await>
    </PageShell>
  );
}

/** One person by any identifier. The text goes in the body of a request, never into an address. */
function Find() {
  const t = useWords(WORDS);
  const lang = useLang();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const found = useQuery({ queryKey: ["find", text], queryFn: () => got(api.POST("/v1/find", { body: { text, limit: 10 } })), enabled: text !== "" });
  useEffect(() => {
    if (found.data?.length === 1) void navigate({ to: "/customers/$person", params: { person: found.data[0]!.person } });
  }, [found.data, navigate]);
  return (
    <div className="stack" style={{ gap: 8 }}>
      <Input.Search size="large" type="search" allowClear placeholder={t.find} aria-label={t.findLabel} enterButton={t.findLabel} onSearch={(typed) => setText(typed.trim())} loading={found.isFetching} style={{ maxWidth: 560 }} />
      <div role="status">
        {found.data?.length === 0 && (
          <>
            <strong>{t.foundNobody}</strong> <span className="quiet">{t.foundNobodyHow}</span>
          </>
        )}
      </div>
      {found.data && found.data.length > 1 && (
        <ul className="plain">
          {found.data.map((one) => (
            <li key={one.person} style={{ justifyContent: "start" }}>
              <Link to="/customers/$person" params={{ person: one.person }}>
                <MaskedText>{one.name ?? one.person}</MaskedText>
              </Link>
              <span className="quiet">
                {one.city} · {t.matched} {labelOf({ name: one.matched.type, zh: one.matched.zh, en: one.matched.en }, lang)} {one.matched.value}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Listed({ words }: { words: Vocabulary }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const navigate = useNavigate();
  const [url, setUrl] = useUrlState<Shown>();
  const { page = 1, size = SIZE } = url;
  const asked = jsonOf<Rule>(url.rule);
  const rule = asked ? JSON.stringify(asked) : "";
  const known = (name: string) => words.fields.find((field) => field.name === name);
  const columns = (url.columns ? url.columns.split(",") : COLUMNS).filter(known);
  const body = { rule: asked as never, columns, limit: size, offset: (page - 1) * size, order: url.order ?? null, descending: url.desc ?? false };
  const members = useQuery({ queryKey: ["members", body], queryFn: ({ signal }) => got(api.POST("/v1/members", { body, signal })), placeholderData: keepPreviousData });
  const shown: ColumnOf<Row>[] = [
    {
      key: "person",
      title: t.id,
      show: (row) => (
        <Link to="/customers/$person" params={{ person: String(row["person"]) }} className="code">
          {String(row["person"])}
        </Link>
      ),
    },
    ...columns.map((name): ColumnOf<Row> => {
      const field = known(name)!;
      const numeric = field.kind === "number" || field.kind === "money";
      return { key: name, title: labelOf(field, lang), numeric, unordered: field.hidden, show: (row) => <ValueOf value={row[name]} kind={field.kind} {...field.values?.find((one) => one.value === row[name])} /> };
    }),
  ];
  return (
    <Panel>
      <div className="stack">
        <Suspense fallback={<Skeleton.Button block active size="small" />}>
          <Filter rule={rule} onChange={(next) => setUrl({ rule: next || undefined, page: undefined })} />
        </Suspense>
        <div className="row">
          <Views now={url} onShow={(view) => setUrl({ rule: undefined, columns: undefined, order: undefined, desc: undefined, page: undefined, ...view })} />
          <MultiSelect
            aria-label={t.columns}
            value={columns}
            maxCount={12}
            maxTagCount="responsive"
            options={words.fields.map((field) => ({ value: field.name, label: labelOf(field, lang) }))}
            optionFilterProp="label"
            onChange={(next: string[]) => setUrl({ columns: next.join(",") })}
            prefix={<span className="quiet">{t.columns}</span>}
            style={{ flex: 1, minWidth: 220 }}
          />
          {rule && (
            <LinkButton to="/audiences/new" search={{ rule }} icon={<SaveOutlined />}>{t.saveAudience}</LinkButton>
          )}
        </div>
        <Await of={members} rows={8} action={<Button onClick={() => setUrl({ rule: undefined, order: undefined, desc: undefined, page: undefined })}>{t.startOver}</Button>}>
          {(found) => (
            <>
              <div className="quiet" role="status">
                {t.count(f.count(found.total))}
              </div>
              <DataTable
                name={t.title}
                rows={found.rows as Row[]}
                columns={shown}
                keyOf={(row) => String(row["person"])}
                loading={members.isPlaceholderData}
                empty={rule ? <FilteredToNothing onClear={() => setUrl({ rule: undefined })} /> : <NobodyYet />}
                onOpen={(row) => void navigate({ to: "/customers/$person", params: { person: String(row["person"]) } })}
                sort={{ key: url.order ?? "", descending: url.desc ?? false, onChange: (order, desc) => setUrl({ order: order === "person" ? undefined : order, desc, page: undefined }) }}
                paging={{ page, size, total: found.total, onChange: (next, each) => setUrl({ page: next, size: each === SIZE ? undefined : each }) }}
              />
            </>
          )}
        </Await>
      </div>
    </Panel>
  );
}

function NobodyYet() {
  const t = useWords(WORDS);
  return (
    <NothingYet
      title={t.none}
      action={
        <LinkButton to="/imports/new" type="primary">{t.toImport}</LinkButton>
      }
    >
      {t.noneHow}
    </NothingYet>
  );
}
