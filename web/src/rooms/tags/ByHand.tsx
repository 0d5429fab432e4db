// A tag set by hand: for one customer by any identifier, or for all in a file, with what was not found.
import { UploadOutlined } from "@ant-design/icons";
import { Alert, AutoComplete, Button, Form, Input, Radio, Tag as Mark, Upload } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, got, type Schemas, send } from "@/api/client";
import { asProblem } from "@/api/problems";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import { WORDS } from "./words";

type Done = Schemas["ChangeAnswer"];

/** What the route of a manual tag answers; its shape is not in OpenAPI. */
interface State {
  values: Record<string, number>;
  changes: { number: number; at: string; author: string; cause: string; given: number; taken: number }[];
}

const key = (name: string) => ["tags", name, "by hand"];

export function ByHand({ name, values }: { name: string; values: readonly string[] }) {
  const may = useMay("define");
  return (
    <div className="grid" style={{ "--least": "380px", alignItems: "start" } as React.CSSProperties}>
      {may && (
        <div className="stack">
          <One name={name} values={values} />
          <FromFile name={name} values={values} />
        </div>
      )}
      <Now name={name} />
    </div>
  );
}

function Now({ name }: { name: string }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const state = useQuery({ queryKey: key(name), queryFn: async () => (await got(api.GET("/v1/tags/{tag}", { params: { path: { tag: name } } }))) as unknown as State });
  return (
    <Panel title={t.handCounts}>
      <Await of={state}>
        {(found) => (
          <div className="stack">
            <div className="row">
              {Object.entries(found.values).map(([value, count]) => (
                <Mark key={value}>
                  {value} <strong>{f.count(count)}</strong>
                </Mark>
              ))}
              {Object.keys(found.values).length === 0 && <span className="quiet">{t.none2}</span>}
            </div>
            {found.changes.length > 0 && (
              <section aria-label={t.changes}>
                <h3 style={{ fontSize: 14 }}>{t.changes}</h3>
                <ul className="use-links">
                  {found.changes.slice(0, 20).map((one) => (
                    <li key={one.number}>
                      {f.moment(one.at)} · {one.author} · {one.given > 0 && `+${f.count(one.given)}`} {one.taken > 0 && `−${f.count(one.taken)}`} <span className="quiet">{one.cause}</span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </div>
        )}
      </Await>
    </Panel>
  );
}

function ValueOf({ values, value, onChange, id }: { values: readonly string[]; value?: string; onChange?: (value: string) => void; id?: string }) {
  const t = useWords(WORDS);
  return <AutoComplete id={id} aria-label={t.value} value={value} onChange={onChange} options={values.map((one) => ({ value: one }))} style={{ width: "100%" }} />;
}

function One({ name, values }: { name: string; values: readonly string[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const client = useQueryClient();
  const [form] = Form.useForm<{ who: string; value: string }>();
  const who = Form.useWatch("who", form)?.trim();
  const path = { params: { path: { tag: name, who: who ?? "" } } };
  const change = useMutation({
    mutationFn: (what: "set" | "clear") => (what === "set" ? got(api.PUT("/v1/tags/{tag}/people/{who}", { ...path, body: { value: form.getFieldValue("value") as string } })) : got(api.DELETE("/v1/tags/{tag}/people/{who}", path))),
    onSuccess: () => client.invalidateQueries({ queryKey: key(name) }),
  });
  const done: Done | undefined = change.data;
  return (
    <Panel title={t.one}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ value: values[0] ?? "" }} onFinish={() => change.mutate("set")}>
        <Form.Item name="who" label={t.who} rules={[{ required: true, whitespace: true, message: t.who }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="value" label={t.value} rules={[{ required: true, message: t.value }]}>
          <ValueOf values={values} />
        </Form.Item>
        <div className="row">
          <Button htmlType="submit" disabled={!who} loading={change.isPending && change.variables === "set"}>
            {t.set}
          </Button>
          <Button disabled={!who} loading={change.isPending && change.variables === "clear"} onClick={() => change.mutate("clear")}>
            {t.clear}
          </Button>
        </div>
      </Form>
      <Told error={change.error}>{done && <Outcome done={done} said={done.unknown ? t.nobody : change.variables === "clear" ? t.wasCleared(f.count(done.count)) : t.wasSet(f.count(done.count))} />}</Told>
    </Panel>
  );
}

interface Filling {
  column?: string;
  how: "one" | "own";
  value?: string;
  value_column?: string;
}

function FromFile({ name, values }: { name: string; values: readonly string[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [form] = Form.useForm<Filling>();
  const how = Form.useWatch("how", form) ?? "one";
  const fill = useMutation({
    mutationFn: (said: Filling) => {
      const body = new FormData();
      body.append("file", file as File);
      for (const part of ["column", "value", "value_column"] as const) if (said[part]) body.append(part, said[part]);
      return send<Done>(`/v1/tags/${encodeURIComponent(name)}/file`, body, () => undefined);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: key(name) }),
  });
  const done = fill.data;
  return (
    <Panel title={t.file}>
      <p className="quiet">{t.fileHow}</p>
      <Form<Filling> form={form} layout="vertical" requiredMark={false} initialValues={{ how: "one", value: values[0] ?? "" }} onFinish={(said) => fill.mutate(said)}>
        <Form.Item>
          <Upload
            accept=".csv,.tsv,.txt,.xlsx,.parquet"
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              return false;
            }}
            onRemove={() => setFile(null)}
          >
            <Button icon={<UploadOutlined />}>{t.choose}</Button>
          </Upload>
        </Form.Item>
        <Form.Item name="column" label={t.column} extra={t.columnHint}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="how" label={t.value}>
          <Radio.Group
            options={[
              { value: "one", label: t.oneValue },
              { value: "own", label: t.ownValue },
            ]}
          />
        </Form.Item>
        {how === "one" ? (
          <Form.Item name="value" label={t.oneValue} rules={[{ required: true, message: t.value }]}>
            <ValueOf values={values} />
          </Form.Item>
        ) : (
          <Form.Item name="value_column" label={t.valueColumn} rules={[{ required: true, message: t.valueColumn }]}>
            <Input autoComplete="off" />
          </Form.Item>
        )}
        <Button htmlType="submit" disabled={!file} title={file ? undefined : t.needFile} loading={fill.isPending}>
          {t.fill}
        </Button>
      </Form>
      <Told error={fill.error}>{done && <Outcome done={done} said={t.filled(f.count(done.people), f.count(done.changed), f.count(done.unknown))} />}</Told>
    </Panel>
  );
}

function Told({ error, children }: { error: unknown; children: ReactNode }) {
  if (!error) return <div aria-live="polite">{children}</div>;
  const problem = asProblem(error);
  return <Alert style={{ marginTop: 12 }} type="error" showIcon role="alert" title={problem.message} description={problem.remedy} />;
}

/** What a change did, and the names that lead to nobody with the reasons. */
function Outcome({ done, said }: { done: Done; said: string }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const rows: readonly Record<string, unknown>[] = done.unknown_names;
  const heads = Object.keys(rows[0] ?? {});
  const columns = heads.map((head): ColumnOf<Record<string, unknown>> => ({ key: head, title: head, show: (row) => String((row[head] as string | null) ?? "–") }));
  return (
    <div className="stack" style={{ marginTop: 12 }}>
      <Alert type={done.unknown ? "warning" : "success"} showIcon title={said} description={done.changed ? t.afterRefresh : undefined} />
      {done.unknown_names.length > 0 && (
        <>
          <h3 style={{ fontSize: 14, margin: 0 }}>{t.unknownRows}</h3>
          <DataTable
            name={t.unknownRows}
            rows={rows}
            columns={columns}
            keyOf={(row) => JSON.stringify(row)}
          />
          {done.unknown > done.unknown_names.length && <span className="quiet">{t.unknownMore(f.count(done.unknown_names.length))}</span>}
        </>
      )}
    </div>
  );
}
