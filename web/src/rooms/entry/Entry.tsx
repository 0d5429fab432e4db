// The door: making the first account, and signing in.
import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { asProblem, type Problem } from "@/api/problems";
import { useSigning } from "@/api/session";
import { useWords, words } from "@/ui/words";
import "./entry.css";

const WORDS = words({
  zh: {
    motto: "看见每一位客户,找到任何一群人",
    welcome: "欢迎使用群像",
    first: "先创建管理员账号。数据只保存在这台服务器上。",
    back: "登录",
    again: "登录已过期,请重新登录;页面上的内容还在。",
    name: "用户名",
    password: "密码",
    longer: "至少 8 个字符",
    needName: "请输入用户名",
    needPassword: "请输入密码",
    create: "创建并进入",
    enter: "登录",
    forgotten: "忘记密码?请管理员在「成员与角色」里重设,或在服务器上运行 qunxiang account。",
  },
  en: {
    motto: "See every customer, find any group of them",
    welcome: "Welcome to Qunxiang",
    first: "First make the owner's account. The data stays on this server.",
    back: "Sign in",
    again: "The session has ended; sign in again. What is on the page is kept.",
    name: "Name",
    password: "Password",
    longer: "At least 8 characters",
    needName: "A name is needed",
    needPassword: "A password is needed",
    create: "Create and enter",
    enter: "Sign in",
    forgotten: "Forgotten? An administrator can set a new one under “Members and roles”, or qunxiang account on the server.",
  },
});

interface Fields {
  name: string;
  password: string;
}

/** The form alone, for the page and for the dialog over a page whose session has ended. */
export function SigningForm({ first = false, name = "" }: { first?: boolean; name?: string }) {
  const t = useWords(WORDS);
  const { signIn, setUp } = useSigning();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const finish = async (fields: Fields) => {
    setBusy(true);
    setProblem(null);
    try {
      await (first ? setUp : signIn)(fields.name, fields.password);
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Form<Fields> layout="vertical" onFinish={(fields) => void finish(fields)} initialValues={{ name }} requiredMark={false}>
      <Form.Item name="name" label={t.name} rules={[{ required: true, message: t.needName }]}>
        <Input prefix={<UserOutlined aria-hidden />} autoComplete="username" autoFocus={!name} size="large" />
      </Form.Item>
      <Form.Item name="password" label={t.password} extra={first ? t.longer : undefined} rules={[{ required: true, message: t.needPassword }, ...(first ? [{ min: 8, message: t.longer }] : [])]}>
        <Input.Password prefix={<LockOutlined aria-hidden />} autoFocus={Boolean(name)} autoComplete={first ? "new-password" : "current-password"} size="large" />
      </Form.Item>
      {problem && <Alert type="error" showIcon title={problem.message} description={problem.remedy} style={{ marginBottom: 16 }} role="alert" />}
      <Button type="primary" htmlType="submit" block size="large" loading={busy}>
        {first ? t.create : t.enter}
      </Button>
    </Form>
  );
}

export function EntryPage({ first, tools }: { first: boolean; tools: React.ReactNode }) {
  const t = useWords(WORDS);
  return (
    <div className="entry">
      <div className="entry-tools">{tools}</div>
      <div className="entry-art" aria-hidden="true">
        <img src="/icon.svg" alt="" width={72} height={72} />
        <p className="entry-name" lang="zh-CN">
          群像
        </p>
        <p>{t.motto}</p>
      </div>
      <main className="entry-form">
        <h1>{first ? t.welcome : t.back}</h1>
        {first && <p className="quiet">{t.first}</p>}
        <SigningForm first={first} />
        {!first && <p className="quiet" style={{ marginTop: 16 }}>{t.forgotten}</p>}
      </main>
    </div>
  );
}

export function SessionEnded({ name }: { name: string }) {
  const t = useWords(WORDS);
  return (
    <>
      <p>{t.again}</p>
      <SigningForm name={name} />
    </>
  );
}
