// Where data come from, what each source gave, and how far it is trusted where sources disagree.
import { EditOutlined } from "@ant-design/icons";
import { Button, Form, InputNumber } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { Dialog } from "@/ui/Dialog";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { labelOf, useLang, useWords } from "@/ui/words";
import { DEFINITIONS, fieldsQuery, type Source, sourcesQuery } from "./asking";
import { Named } from "./parts";
import { useSaving } from "./saving";
import { WORDS } from "./words";

export function Sources() {
  const t = useWords(WORDS);
  const lang = useLang();
  const may = useMay("define");
  const found = useQuery(sourcesQuery);
  const fields = useQuery(fieldsQuery).data ?? [];
  const [editing, setEditing] = useState<string | null>(null);
  const given = (source: Source) => fields.filter((field) => field.sources.some((one) => one.source === source.name)).map((field) => labelOf(field.definition, lang));
  const columns: ColumnOf<Source>[] = [
    { key: "name", title: t.source, show: (one) => <Named thing={one} /> },
    { key: "fields", title: t.sourceFields, show: (one) => <span className="given">{given(one).join("、") || "–"}</span>, wide: true },
    { key: "trust", title: t.trust, numeric: true, show: (one) => one.trust ?? 50, compare: (a, b) => (a.trust ?? 50) - (b.trust ?? 50) },
  ];
  if (may) columns.push({ key: "edit", title: "", show: (one) => <Button type="text" size="small" icon={<EditOutlined />} aria-label={`${t.edit}: ${t.editTrust(labelOf(one, lang))}`} onClick={() => setEditing(one.name)} /> });
  const empty = (
    <NothingYet
      title={t.noneSources}
      action={
        <Link to="/imports/new">
          <Button type="primary">{t.toImport}</Button>
        </Link>
      }
    />
  );
  return (
    <Panel>
      <p className="quiet">{t.trustHint}</p>
      <Await of={found}>{(rows) => <DataTable name={t.sources} rows={rows} columns={columns} keyOf={(one) => one.name} empty={empty} />}</Await>
      {editing !== null && <Trust name={editing} onClose={() => setEditing(null)} />}
    </Panel>
  );
}

function Trust({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  // Read once: what somebody else saves meanwhile must not change what is being edited.
  const found = useQuery({ queryKey: ["source to edit", name], queryFn: () => DEFINITIONS.sources.read(name), staleTime: Infinity, gcTime: 0 });
  return (
    <Dialog title={t.editTrust(found.data ? labelOf(found.data.body, lang) : name)} onClose={onClose}>
      <Await of={found}>{(read) => <TrustForm source={read.body} version={read.version} onClose={onClose} />}</Await>
    </Dialog>
  );
}

function TrustForm({ source, version, onClose }: { source: Source; version: number; onClose: () => void }) {
  const t = useWords(WORDS);
  const [form] = Form.useForm<{ trust: number }>();
  const saving = useSaving(DEFINITIONS.sources, version, onClose, (theirs) => form.setFieldsValue(theirs));
  return (
    <Form<{ trust: number }> form={form} layout="vertical" requiredMark={false} initialValues={{ trust: source.trust ?? 50 }} onFinish={({ trust }) => void saving.save({ ...source, trust })}>
      {saving.refused}
      <Form.Item name="trust" label={t.trust} extra={`${t.trustHint} ${t.newest2}`} rules={[{ required: true, message: t.trust }]}>
        <InputNumber min={0} max={100} precision={0} autoFocus />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={saving.busy}>
        {t.save}
      </Button>
    </Form>
  );
}
