// One list: how many are on it, and who put them there and took them off.
import { EllipsisOutlined, FilterOutlined, MinusOutlined, PlusOutlined, StopOutlined, TeamOutlined } from "@ant-design/icons";
import { App, Button, Dropdown } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, got } from "@/api/client";
import { AwaitPage } from "@/ui/AwaitPage";
import { DataTable, type ColumnOf } from "@/ui/DataTable";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { NothingYet } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Action, listQuery, type OneList, ruleOf } from "./asking";
import { ChangeList } from "./Dialogs";
import { WORDS } from "./words";

export function ListPage() {
  const t = useWords(WORDS);
  const { name } = useParams({ strict: false }) as { name: string };
  const found = useQuery(listQuery(name));
  return (
    <AwaitPage of={found} title={t.title} wayOn={<LinkButton to="/lists">{t.toAll}</LinkButton>}>
      {(one) => <Page one={one} />}
    </AwaitPage>
  );
}

function Page({ one }: { one: OneList }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const may = useMay("define");
  const [changing, setChanging] = useState<Action | null>(null);
  const actions = (
    <>
      <LinkButton to="/customers" search={{ rule: ruleOf(one.name) }} icon={<TeamOutlined />}>{t.members}</LinkButton>
      {may && (
        <>
          <LinkButton to="/audiences/new" search={{ rule: ruleOf(one.name) }} icon={<FilterOutlined />}>{t.build}</LinkButton>
          <Button icon={<MinusOutlined />} onClick={() => setChanging("remove")}>
            {t.remove}
          </Button>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setChanging("add")}>
            {t.add}
          </Button>
          <More one={one} />
        </>
      )}
    </>
  );
  const said = (cause: string) => t.causes[cause] ?? (cause.startsWith("audience ") ? t.ofAudience(cause.slice(9)) : cause);
  const columns: ColumnOf<OneList["changes"][number]>[] = [
    { key: "at", title: t.when, show: (change) => f.moment(change.at) },
    { key: "author", title: t.who, show: (change) => change.author },
    { key: "cause", title: t.cause, show: (change) => said(change.cause) },
    { key: "given", title: t.given, numeric: true, show: (change) => f.count(change.given) },
    { key: "taken", title: t.taken, numeric: true, show: (change) => f.count(change.taken) },
  ];
  return (
    <PageShell title={labelOf(one, lang)} lead={one.description || undefined} actions={actions}>
      <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
        <Figure label={t.size} value={f.count(one.count)} />
        <Figure label={t.id} value={<span className="code">{one.name}</span>} />
      </div>
      <Panel title={t.changes}>
        <DataTable name={t.changes} rows={one.changes} columns={columns} keyOf={(change) => change.number} empty={<NothingYet title={t.noChanges} />} />
      </Panel>
      {changing && <ChangeList name={one.name} action={changing} onClose={() => setChanging(null)} />}
    </PageShell>
  );
}

function More({ one }: { one: OneList }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const { modal, message } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const navigate = useNavigate();
  const retire = async () => {
    try {
      await got(api.DELETE("/v1/lists/{name}", { params: { path: { name: one.name } } }));
      void navigate({ to: "/lists" });
      void message.success(t.retired);
      await client.invalidateQueries();
    } catch (error) {
      tell(error);
    }
  };
  const ask = () => void modal.confirm({ title: t.retireSure(labelOf(one, lang)), content: t.retireHow, okText: t.retire, onOk: retire });
  return (
    <Dropdown trigger={["click"]} menu={{ items: [{ key: "retire", icon: <StopOutlined />, label: t.retire, danger: true, onClick: ask }] }}>
      <Button icon={<EllipsisOutlined />} aria-label={t.more} />
    </Dropdown>
  );
}
