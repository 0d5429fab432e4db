// How an audience changed: its size at each refresh, and who came in and went out.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, got } from "@/api/client";
import { TimeChart } from "@/charts/kinds";
import { DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { historyQuery } from "./asking";
import { WORDS } from "./words";

export function Changes({ name, plain = false }: { name: string; plain?: boolean }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const history = useQuery(historyQuery(name));
  const [at, setAt] = useState<string | null>(null);
  return (
    <Await of={history}>
      {(newest) => {
        const rows = [...newest].reverse();
        const when = rows.map((row) => f.moment(row.as_of));
        const size = <TimeChart name={t.history} at={when} series={[{ name: t.size, values: rows.map((row) => row.count) }]} height={200} />;
        if (plain) return rows.length > 1 ? size : <p className="quiet">{t.notEnough}</p>;
        const flow = [
          { name: t.enteredNames, values: rows.map((row) => row.entered), bar: true },
          { name: t.leftNames, values: rows.map((row) => -row.left), bar: true },
        ];
        return (
          <div className="stack">
            <Panel title={t.history}>{size}</Panel>
            <Panel title={t.flow}>
              <TimeChart name={t.flow} at={when} series={flow} height={200} />
            </Panel>
            <Panel>
              <DataTable
                name={t.historyTab}
                rows={newest}
                keyOf={(row) => row.as_of}
                onOpen={(row) => setAt(row.as_of)}
                columns={[
                  { key: "at", title: t.asOf, show: (row) => f.moment(row.as_of) },
                  { key: "size", title: t.size, numeric: true, show: (row) => f.count(row.count) },
                  { key: "in", title: t.enteredNames, numeric: true, show: (row) => f.count(row.entered) },
                  { key: "out", title: t.leftNames, numeric: true, show: (row) => f.count(row.left) },
                  { key: "version", title: t.version, numeric: true, show: (row) => row.version },
                ]}
              />
            </Panel>
            {at && <Who name={name} at={at} />}
          </div>
        );
      }}
    </Await>
  );
}

/** Who came in and who went out at one refresh. */
function Who({ name, at }: { name: string; at: string }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const changes = useQuery({
    queryKey: ["audiences", name, "changes", at],
    queryFn: () => got(api.GET("/v1/audiences/{name}/changes", { params: { path: { name }, query: { as_of: at } } })),
  });
  return (
    <Panel title={f.moment(at)}>
      <Await of={changes}>
        {(found) => (
          <div className="grid">
            {(["entered", "left"] as const).map((way) => (
              <div key={way}>
                <h3>{way === "entered" ? t.enteredNames : t.leftNames}</h3>
                <ul className="sample">
                  {found[way].map((person) => (
                    <li key={person}>
                      <Link to="/customers/$person" params={{ person }} className="code">
                        {person}
                      </Link>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </div>
        )}
      </Await>
    </Panel>
  );
}
