// The write keys of a source: what each may send, from where and how fast; made, shown once, revoked.
import { PlusOutlined } from "@ant-design/icons";
import { Alert, App, Button, Tag } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { useWords } from "@/ui/words";
import { freshKeys, keysQuery, revokeKey, type WriteKey } from "./asking";
import { CopyLine } from "./Copyable";
import { NewKeyDialog } from "./NewKey";
import { WORDS } from "./words";

/** For those who may see keys; whoever may not is told whom to ask. */
export function Keys({ source }: { source: string }) {
  const t = useWords(WORDS);
  const may = useMay("import");
  const [making, setMaking] = useState(false);
  const keys = useQuery({ ...keysQuery, enabled: may });
  const fresh = freshKeys.get(source);
  const create = (
    <Button icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t.newKey}
    </Button>
  );
  if (!may) return null;
  return (
    <Panel title={t.keys} extra={create}>
      <div className="stack">
        <p className="quiet">{t.keysHow}</p>
        {fresh && (
          <div className="stack" role="status" style={{ gap: 8 }}>
            <Alert type="warning" showIcon title={`${t.shownOnce} · ${fresh.name}`} description={t.shownOnceHow} />
            <CopyLine name={fresh.name} text={fresh.key} />
          </div>
        )}
        <Await of={keys}>
          {(rows) => {
            const mine = rows.filter((one) => one.source === source);
            return <DataTable name={t.keys} rows={mine} columns={columnsOf(t, mine)} keyOf={(one) => one.name} empty={<NothingYet title={t.noKeys}>{t.noKeysHow}</NothingYet>} />;
          }}
        </Await>
      </div>
      {making && <NewKeyDialog source={source} onClose={() => setMaking(false)} />}
    </Panel>
  );
}

type Said = (typeof WORDS)["zh"] | (typeof WORDS)["en"];

function columnsOf(t: Said, rows: readonly WriteKey[]): ColumnOf<WriteKey>[] {
  const aliases: ColumnOf<WriteKey> = { key: "aliases", title: t.aliases, show: (one) => one.aliases.join(" ") || "–", wide: true };
  return [
    { key: "name", title: t.keyName, show: (one) => one.name },
    { key: "begins", title: t.begins, show: (one) => <span className="code">{one.begins}…</span> },
    {
      key: "kinds",
      title: t.kinds,
      show: (one) => (
        <span className="row">
          {one.kinds.map((kind) => (
            <Tag key={kind}>{t.kind[kind]}</Tag>
          ))}
        </span>
      ),
    },
    { key: "pace", title: t.perSecond, show: (one) => <Pace one={one} /> },
    { key: "origins", title: t.origins, show: (one) => (one.origins.length ? <span className="code">{one.origins.join(" ")}</span> : t.anywhere) },
    ...(rows.some((one) => one.aliases.length > 0) ? [aliases] : []),
    { key: "at", title: t.since, show: (one) => <Since one={one} />, wide: true },
    { key: "revoke", title: "", show: (one) => <Revoke one={one} /> },
  ];
}

function Pace({ one }: { one: WriteKey }) {
  const t = useWords(WORDS);
  const f = useFormats();
  return one.per_second ? t.perSecondSaid(f.count(one.per_second)) : t.unlimited;
}

function Since({ one }: { one: WriteKey }) {
  const f = useFormats();
  return (
    <span style={{ whiteSpace: "nowrap" }}>
      {f.day(one.at)} <span className="quiet">{one.author}</span>
    </span>
  );
}

function Revoke({ one }: { one: WriteKey }) {
  const t = useWords(WORDS);
  const { modal, message } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const ask = () =>
    void modal.confirm({
      title: t.revokeSure(one.name),
      content: t.revokeHow,
      okText: t.revoke,
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await revokeKey(one.name);
          if (freshKeys.get(one.source)?.name === one.name) freshKeys.delete(one.source);
          void message.success(t.revoked);
        } catch (error) {
          tell(error);
        }
        await Promise.all([client.invalidateQueries({ queryKey: keysQuery.queryKey }), client.invalidateQueries({ queryKey: ["sources"] })]);
      },
    });
  return (
    <Button size="small" danger onClick={ask} aria-label={`${t.revoke} ${one.name}`}>
      {t.revoke}
    </Button>
  );
}
