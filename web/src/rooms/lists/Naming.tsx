// Whom a list is about to gain or lose: identifiers pasted or a file, and then what came of them.
import { UploadOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input, Segmented, Upload } from "antd";
import { useState } from "react";
import { DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { useWords } from "@/ui/words";
import { type Action, type Changed, identifiersIn, type Naming } from "./asking";
import { WORDS } from "./words";

export function NamingFields({ value, onChange }: { value: Naming; onChange: (value: Naming) => void }) {
  const t = useWords(WORDS);
  const [how, setHow] = useState<"paste" | "file">("paste");
  const choose = (next: "paste" | "file") => {
    setHow(next);
    onChange({ people: [] });
  };
  return (
    <div className="stack">
      <Segmented
        aria-label={t.whom}
        value={how}
        onChange={choose}
        options={[
          { value: "paste", label: t.paste },
          { value: "file", label: t.file },
        ]}
      />
      {how === "paste" ? (
        <Form.Item label={t.whom} extra={t.pasteHint} htmlFor="list-people">
          <Input.TextArea id="list-people" autoSize={{ minRows: 4, maxRows: 12 }} onChange={(event) => onChange({ people: identifiersIn(event.target.value) })} />
        </Form.Item>
      ) : (
        <>
          <Form.Item label={t.whom} extra={t.fileHint} htmlFor="list-file">
            <Upload
              id="list-file"
              accept=".csv,.tsv,.txt,.xlsx,.xls,.ods,.json,.jsonl,.parquet,.gz,.zip"
              maxCount={1}
              beforeUpload={(file) => {
                onChange({ ...value, file });
                return false;
              }}
              onRemove={() => onChange({ ...value, file: undefined })}
            >
              <Button icon={<UploadOutlined />}>{t.pick}</Button>
            </Upload>
          </Form.Item>
          <Form.Item label={t.column} htmlFor="list-column">
            <Input id="list-column" maxLength={200} onChange={(event) => onChange({ ...value, column: event.target.value || undefined })} />
          </Form.Item>
        </>
      )}
    </div>
  );
}

/** What a change did, with the names that were of no use. */
export function Outcome({ done, action }: { done: Changed; action: Action }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const said = action === "add" ? t.added : t.removed;
  const shown = done.unknown_names.length;
  return (
    <div className="stack" role="status">
      <Alert type="success" showIcon title={said(f.count(done.people), f.count(done.changed))} />
      {done.unknown > 0 && (
        <>
          <Alert type="warning" showIcon title={t.unknown(f.count(done.unknown))} description={done.unknown > shown ? t.unknownFirst(f.count(shown)) : undefined} />
          <DataTable
            name={t.unknown(f.count(done.unknown))}
            rows={done.unknown_names.map((one, key) => ({ ...one, key }))}
            keyOf={(one) => one.key}
            columns={[
              { key: "row", title: t.row, numeric: true, show: (one) => one.row ?? "–" },
              { key: "name", title: t.value, show: (one) => one.name ?? "–" },
              { key: "reason", title: t.reason, show: (one) => one.reason },
            ]}
          />
        </>
      )}
    </div>
  );
}
