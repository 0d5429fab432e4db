// Keeping an audience: its names, what uses it, and what to do when somebody saved it first.
import { Alert, App, Form, type FormInstance, Input, Radio } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, got } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import type { Rule } from "@/rule-editor/rule";
import { Dialog } from "@/ui/Dialog";
import { Conflict } from "@/ui/editing";
import { IDENTIFIER, nameOf } from "@/ui/identifier";
import { useFormats } from "@/ui/numbers";
import { remember } from "@/ui/remembered";
import { labelOf, useLang, useWords } from "@/ui/words";
import { audienceQuery, type Labels, keepAsList, type OneAudience, saveAudience, usesQuery } from "./asking";
import { WORDS } from "./words";

interface Props {
  rule: Rule;
  saved?: OneAudience;
  onClose: () => void;
  onTheirs: (rule: Rule) => void;
}

/** Saves, and tells what became of it: saved, refused, or overtaken by somebody else's version. */
function useSaving({ rule, saved, onClose }: Omit<Props, "onTheirs">) {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async ({ kind, ...labels }: Asked, version: number | null) => {
    const name = saved?.name ?? (labels.name || nameOf(labels.zh || labels.en));
    const fixed = kind === "fixed";
    setBusy(true);
    setProblem(null);
    try {
      await (fixed ? keepAsList : saveAudience)({ ...labels, name }, rule, version);
      remember(`draft.audience.${saved?.name ?? ""}`, undefined);
      await client.invalidateQueries();
      void message.success(t.saved);
      onClose();
      void navigate({ to: fixed ? "/lists/$name" : "/audiences/$name", params: { name } });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return { save, busy, problem, overtaken: problem?.code === "catalog.changed" };
}

export function SaveDialog({ rule, saved, onClose, onTheirs }: Props) {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const [form] = Form.useForm<Asked>();
  const { save, busy, problem, overtaken } = useSaving({ rule, saved, onClose });
  const submit = async (version = saved?.version ?? null) => save(await form.validateFields(), version);
  return (
    <Dialog footer={undefined} title={saved ? t.save : t.saveNew} onClose={onClose} onOk={() => void submit()} okText={t.save} confirmLoading={busy} okButtonProps={{ disabled: overtaken }}>
      <LabelsForm form={form} saved={saved} onFinish={() => void submit()} />
      {saved && <UsedBy name={saved.name} />}
      {problem && !overtaken && <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} />}
      {problem && overtaken && saved && (
        <Both
          name={saved.name}
          problem={problem}
          mine={rule}
          onMine={(version) => void submit(version)}
          onTheirs={(theirs) => {
            onTheirs(theirs);
            onClose();
            void client.invalidateQueries({ queryKey: audienceQuery(saved.name).queryKey });
          }}
        />
      )}
    </Dialog>
  );
}

/** Somebody who comes to satisfy the conditions enters an audience; who is on a list stays until taken off. */
interface Asked extends Labels {
  kind: "audience" | "fixed";
}

const NOTHING: Asked = { name: "", zh: "", en: "", description: "", kind: "audience" };

function LabelsForm({ form, saved, onFinish }: { form: FormInstance<Asked>; saved?: OneAudience; onFinish: () => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const other = lang === "zh" ? "en" : "zh";
  const said = Form.useWatch(lang, form) ?? "";
  return (
    <Form<Asked> form={form} layout="vertical" requiredMark={false} initialValues={{ ...NOTHING, ...saved }} onFinish={onFinish}>
      <Form.Item name={lang} label={t.name} rules={[{ required: true, message: t.needName }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name={other} label={t[other]}>
        <Input maxLength={60} />
      </Form.Item>
      {!saved && (
        <Form.Item name="name" label={t.id} extra={t.idHint} rules={[{ pattern: IDENTIFIER, message: t.badId }]}>
          <Input maxLength={63} placeholder={nameOf(said)} />
        </Form.Item>
      )}
      <Form.Item name="description" label={t.description}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
      </Form.Item>
      {!saved && (
        <Form.Item name="kind" label={t.kind}>
          <Radio.Group
            options={[
              { value: "audience", label: t.alive },
              { value: "fixed", label: t.fixed },
            ]}
          />
        </Form.Item>
      )}
      <button type="submit" hidden />
    </Form>
  );
}

function UsedBy({ name }: { name: string }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const uses = useQuery(usesQuery(name));
  if (!uses.data?.length) return null;
  return <Alert type="warning" showIcon title={t.usedBy} description={uses.data.map((one) => labelOf(one, lang)).join("、")} />;
}

interface BothProps {
  name: string;
  problem: Problem;
  mine: Rule;
  onMine: (version: number) => void;
  onTheirs: (rule: Rule) => void;
}

/** Both versions as sentences. */
function Both({ name, problem, mine, onMine, onTheirs }: BothProps) {
  const lang = useLang();
  const f = useFormats();
  const { version, author, at } = problem.details as { version: number; author: string; at: string };
  const theirs = useQuery({ ...audienceQuery(name), staleTime: 0 });
  const said = useQuery({ queryKey: ["rule", mine], queryFn: () => got(api.POST("/v1/rule", { body: { rule: mine as never } })) });
  const sentences = theirs.data && said.data && ([theirs.data.sentence[lang], said.data.sentence[lang]] as const);
  const show =
    sentences &&
    ((names: readonly [string, string]) =>
      sentences.map((one, place) => (
        <div key={names[place]}>
          <strong>{names[place]}:</strong> {one}
        </div>
      )));
  return <Conflict who={`${author} · ${f.ago(at)}`} version={version} both={show} onMine={() => onMine(version)} onTheirs={() => theirs.data && onTheirs(theirs.data.rule as Rule)} />;
}
