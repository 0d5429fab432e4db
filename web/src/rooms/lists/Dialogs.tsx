// Making a list, and putting people on one or taking them off.
import { Alert, Button, Form, Input } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { api, got } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import { Dialog } from "@/ui/Dialog";
import { IDENTIFIER, nameOf } from "@/ui/identifier";
import { useLang, useWords } from "@/ui/words";
import { type Action, change, type Changed, type Naming } from "./asking";
import { NamingFields, Outcome } from "./Naming";
import { WORDS } from "./words";

const NOBODY: Naming = { people: [] };
const isEmpty = (naming: Naming): boolean => naming.people.length === 0 && !naming.file;

/** Does something once at a time, and keeps what it was refused with. */
function useTrying() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (todo: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    await todo().catch((error: unknown) => setProblem(asProblem(error)));
    setBusy(false);
    await client.invalidateQueries();
  };
  const told: ReactNode = problem && <Alert type="error" showIcon role="alert" title={problem.message} description={problem.remedy} />;
  return { attempt, busy, told };
}

interface Said {
  label: string;
  name?: string;
  description?: string;
}

export function NewList({ onClose }: { onClose: () => void }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const navigate = useNavigate();
  const [form] = Form.useForm<Said>();
  const [naming, setNaming] = useState(NOBODY);
  const [made, setMade] = useState<string | null>(null); // the list is there, though its people may have been refused
  const [done, setDone] = useState<Changed | null>(null);
  const { attempt, busy, told } = useTrying();
  const label = Form.useWatch("label", form) ?? "";
  const finish = ({ label: said, name: given, description = "" }: Said) =>
    attempt(async () => {
      const name = made ?? (given || nameOf(said));
      if (made === null) await got(api.POST("/v1/lists/{name}", { params: { path: { name } }, body: { people: [], zh: "", en: "", [lang]: said, description } }));
      setMade(name);
      const found = isEmpty(naming) ? null : await change(name, "add", naming);
      if (found?.unknown) setDone(found);
      else open(name);
    });
  const open = (name: string) => void navigate({ to: "/lists/$name", params: { name } }).then(onClose);
  if (done) return <Told done={done} action="add" title={t.create} onClose={() => open(done.name)} />;
  return (
    <Dialog title={t.create} onClose={onClose}>
      <Form<Said> form={form} layout="vertical" requiredMark={false} onFinish={(said) => void finish(said)}>
        <Form.Item name="label" label={t.name} rules={[{ required: true, message: t.needName }]}>
          <Input maxLength={60} disabled={made !== null} />
        </Form.Item>
        <Form.Item name="name" label={t.id} extra={t.idHint} rules={[{ pattern: IDENTIFIER, message: t.badId }]}>
          <Input maxLength={63} placeholder={nameOf(label)} disabled={made !== null} />
        </Form.Item>
        <Form.Item name="description" label={t.description}>
          <Input maxLength={500} disabled={made !== null} />
        </Form.Item>
        <NamingFields value={naming} onChange={setNaming} />
        <div className="stack">
          {told}
          <Button type="primary" htmlType="submit" loading={busy}>
            {t.save}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

export function ChangeList({ name, action, onClose }: { name: string; action: Action; onClose: () => void }) {
  const t = useWords(WORDS);
  const [naming, setNaming] = useState(NOBODY);
  const [done, setDone] = useState<Changed | null>(null);
  const [asked, setAsked] = useState(false);
  const { attempt, busy, told } = useTrying();
  const finish = () => {
    setAsked(true);
    if (!isEmpty(naming)) void attempt(async () => setDone(await change(name, action, naming)));
  };
  if (done) return <Told done={done} action={action} title={t[action]} onClose={onClose} />;
  return (
    <Dialog title={t[action]} onClose={onClose}>
      <Form layout="vertical" onFinish={finish}>
        <NamingFields value={naming} onChange={setNaming} />
        <div className="stack">
          {asked && isEmpty(naming) && <Alert type="error" showIcon role="alert" title={t.needPeople} />}
          {told}
          <Button type="primary" htmlType="submit" loading={busy}>
            {t[action]}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Told({ done, action, title, onClose }: { done: Changed; action: Action; title: string; onClose: () => void }) {
  const t = useWords(WORDS);
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">
        <Outcome done={done} action={action} />
        <Button type="primary" onClick={onClose}>
          {t.done}
        </Button>
      </div>
    </Dialog>
  );
}
