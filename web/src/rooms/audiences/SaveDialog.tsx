// Keeping an audience: its names, what uses it, and what to do when somebody saved it first.
import { Alert, App, Button, Form, Input, Space } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, got } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import type { Rule } from "@/rule-editor/rule";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { remember } from "@/ui/remembered";
import { labelOf, useLang, useWords } from "@/ui/words";
import { audienceQuery, type Labels, type OneAudience, saveAudience, usesQuery } from "./asking";
import { WORDS } from "./words";

const PATTERN = /^[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]{0,62}$/;

/** Returns an identifier made of a label: its letters, digits and Chinese, with underscores between. */
export function nameOf(label: string): string {
  const made = label.trim().replace(/[^\w\u4e00-\u9fff]+/g, "_").replace(/^_+|_+$/g, "");
  return (/^\d/.test(made) ? `a${made}` : made).slice(0, 60);
}

interface Props {
  rule: Rule;
  saved?: OneAudience;
  onClose: () => void;
  onTheirs: (rule: Rule) => void;
}

export function SaveDialog({ rule, saved, onClose, onTheirs }: Props) {
  const t = useWords(WORDS);
  const lang = useLang();
  const f = useFormats();
  const [form] = Form.useForm<Labels>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [version, setVersion] = useState(saved?.version ?? null);
  const [busy, setBusy] = useState(false);
  const uses = useQuery({ ...usesQuery(saved?.name ?? ""), enabled: saved !== undefined });
  const save = async (over?: number) => {
    const labels = await form.validateFields();
    setBusy(true);
    setProblem(null);
    try {
      await saveAudience({ ...labels, name: saved?.name ?? (labels.name || nameOf(labels.zh || labels.en)) }, rule, over ?? version);
      remember(`draft.audience.${saved?.name ?? ""}`, undefined);
      await client.invalidateQueries();
      void message.success(t.saved);
      onClose();
      void navigate({ to: "/audiences/$name", params: { name: saved?.name ?? (labels.name || nameOf(labels.zh || labels.en)) } });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  const conflict = problem?.code === "catalog.changed";
  const theirs = Number(problem?.details["version"] ?? 0);
  return (
    <Dialog
      title={saved ? t.save : t.saveNew}
      footer={undefined}
      onClose={onClose}
      onOk={() => void save()}
      okText={t.save}
      confirmLoading={busy}
      okButtonProps={{ disabled: conflict }}
    >
      <Form<Labels>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: saved?.name ?? "", zh: saved?.zh ?? "", en: saved?.en ?? "", description: saved?.description ?? "" }}
        onFinish={() => void save()}
      >
        <Form.Item name={lang} label={t.name} rules={[{ required: true, message: t.needName }]}>
          <Input autoFocus maxLength={60} />
        </Form.Item>
        <Form.Item name={lang === "zh" ? "en" : "zh"} label={lang === "zh" ? t.en : t.zh}>
          <Input maxLength={60} />
        </Form.Item>
        {!saved && (
          <Form.Item name="name" label={t.id} extra={t.idHint} rules={[{ pattern: PATTERN, message: t.badId }]}>
            <Input maxLength={63} placeholder={nameOf(form.getFieldValue(lang) as string | undefined ?? "")} />
          </Form.Item>
        )}
        <Form.Item name="description" label={t.description}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
        </Form.Item>
        <button type="submit" hidden />
      </Form>
      {uses.data && uses.data.length > 0 && <Alert type="warning" showIcon title={t.usedBy} description={uses.data.map((one) => labelOf(one, lang)).join("、")} />}
      {problem && !conflict && <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} />}
      {conflict && (
        <Conflict
          name={saved?.name ?? ""}
          who={`${String(problem.details["author"] ?? "")} · ${f.ago(String(problem.details["at"] ?? ""))}`}
          version={theirs}
          mine={rule}
          onMine={() => {
            setVersion(theirs);
            void save(theirs);
          }}
          onTheirs={(rule) => {
            onTheirs(rule);
            onClose();
            void client.invalidateQueries({ queryKey: audienceQuery(saved?.name ?? "").queryKey });
          }}
        />
      )}
    </Dialog>
  );
}

interface ConflictProps {
  name: string;
  who: string;
  version: number;
  mine: Rule;
  onMine: () => void;
  onTheirs: (rule: Rule) => void;
}

/** Two people edited the same: both versions in words, and the choice. */
function Conflict({ name, who, version, mine, onMine, onTheirs }: ConflictProps) {
  const t = useWords(WORDS);
  const theirs = useQuery({ ...audienceQuery(name), staleTime: 0 });
  const said = useQuery({ queryKey: ["rule", mine], queryFn: () => got(api.POST("/v1/rule", { body: { rule: mine as never } })) });
  const lang = useLang();
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t.conflict}
      description={
        <>
          <p>{t.conflictHow(who, String(version))}</p>
          <p>
            <strong>{t.theirSentence}:</strong> {theirs.data?.sentence[lang]}
          </p>
          <p>
            <strong>{t.mySentence}:</strong> {said.data?.sentence[lang]}
          </p>
          <Space>
            <Button onClick={onMine}>{t.mine}</Button>
            <Button disabled={!theirs.data} onClick={() => theirs.data && onTheirs(theirs.data.rule as Rule)}>
              {t.theirs}
            </Button>
          </Space>
        </>
      }
    />
  );
}
