// Who is in an audience, with the columns one chooses; personal values as far as one may see them.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { api, got } from "@/api/client";
import { vocabularyQuery } from "@/rule-editor/vocabulary";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { MaskedText } from "@/ui/MaskedText";
import { MultiSelect } from "@/ui/MultiSelect";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { OneAudience } from "./asking";
import { WORDS } from "./words";

const SIZE = 20;
type Row = Record<string, unknown>;

export function Members({ one, columns, onColumns }: { one: OneAudience; columns: string[]; onColumns: (columns: string[]) => void }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const navigate = useNavigate();
  const [{ page = 1, size = SIZE }, setUrl] = useUrlState<{ page?: number; size?: number }>();
  const words = useQuery(vocabularyQuery);
  const body = { audience: one.name, columns, limit: size, offset: (page - 1) * size };
  const members = useQuery({ queryKey: ["members", body], queryFn: ({ signal }) => got(api.POST("/v1/members", { body: body as never, signal })), placeholderData: keepPreviousData });
  const label = (name: string) => {
    const field = words.data?.fields.find((each) => each.name === name);
    return field ? labelOf(field, lang) : name;
  };
  const show = (value: unknown) => {
    if (value === null || value === undefined) return <span className="quiet">–</span>;
    if (typeof value === "number") return f.amount(value);
    if (typeof value === "boolean") return value ? "✓" : "✗";
    if (Array.isArray(value)) return value.join("、");
    return <MaskedText>{String(value as string)}</MaskedText>;
  };
  const shown: ColumnOf<Row>[] = [
    {
      key: "person",
      title: "ID",
      show: (row) => (
        <Link to="/customers/$person" params={{ person: String(row["person"]) }} className="code">
          {String(row["person"])}
        </Link>
      ),
    },
    ...columns.map((name): ColumnOf<Row> => ({ key: name, title: label(name), show: (row) => show(row[name]) })),
  ];
  const options = (words.data?.fields ?? []).map((field) => ({ value: field.name, label: labelOf(field, lang) }));
  return (
    <Panel>
      <div className="stack">
        <MultiSelect aria-label={t.columns} value={columns} options={options} optionFilterProp="label" onChange={onColumns} maxCount={12} style={{ width: "100%" }} prefix={<span className="quiet">{t.columns}</span>} />
        <Await of={members}>
          {(found) => (
            <DataTable
              name={t.members}
              rows={found.rows as Row[]}
              columns={shown}
              keyOf={(row) => String(row["person"])}
              loading={members.isPlaceholderData}
              paging={{ page, size, total: found.total, onChange: (next, each) => setUrl({ page: next, size: each === SIZE ? undefined : each }) }}
              onOpen={(row) => void navigate({ to: "/customers/$person", params: { person: String(row["person"]) } })}
            />
          )}
        </Await>
      </div>
    </Panel>
  );
}
