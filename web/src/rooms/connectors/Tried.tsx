// What trying a connector showed: its columns, what each is taken to mean, and the first values.
import { Alert } from "antd";
import { useQuery } from "@tanstack/react-query";
import { api, got } from "@/api/client";
import { DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Tried } from "./asking";
import { WORDS } from "./words";

const SHOWN = 3;

export function TriedRows({ tried }: { tried: Tried }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const meaning = useMeaning();
  if (tried.columns.length === 0) return <Alert type="info" showIcon role="status" title={t.noFiles} />;
  const means = new Map(tried.mapping.columns.map((one) => [one.column, one.to]));
  const columns = tried.columns.map((name) => ({ name, to: means.get(name) ?? null, values: tried.rows.slice(0, SHOWN).map((row) => row[name]) }));
  const title = [tried.rows.length ? t.tried : t.noRows, tried.known ? t.triedKnown : "", tried.files.length ? t.filesReady(f.count(tried.files.length)) : ""].filter(Boolean).join(" · ");
  return (
    <div className="stack">
      <Alert type="success" showIcon role="status" title={title} />
      <DataTable
        name={t.tryIt}
        rows={columns}
        keyOf={(one) => one.name}
        columns={[
          { key: "column", title: t.column, show: (one) => <span className="code">{one.name}</span> },
          { key: "means", title: t.meaning, show: (one) => (one.to ? meaning(one.to) : <span className="quiet">{t.unused}</span>) },
          { key: "values", title: t.values, show: (one) => one.values.map((value) => value ?? "–").join(" · ") },
        ]}
      />
    </div>
  );
}

/** Returns what a target of a mapping is called. */
function useMeaning(): (to: string) => string {
  const lang = useLang();
  const fields = useQuery({ queryKey: ["definitions", "fields", "all"], queryFn: () => got(api.GET("/v1/definitions/fields")) }).data ?? [];
  return (to) => {
    const found = fields.find((one) => one.name === to);
    return found ? labelOf(found, lang) : to;
  };
}
