// Saved views of the list: conditions, columns and order under a name; one's own, or the team's.
import { DeleteOutlined, DownOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown, Form, Input, Switch } from "antd";
import { useState } from "react";
import { usePreference } from "@/api/preferences";
import { Dialog } from "@/ui/Dialog";
import { useMay } from "@/ui/rights";
import { useWords } from "@/ui/words";
import type { Shown } from "./Customers";
import { WORDS } from "./words";

interface View {
  name: string;
  shown: Shown;
}

const MINE = "customers.views";
const TEAMS = "customers.team-views";

export function Views({ now, onShow }: { now: Shown; onShow: (shown: Shown) => void }) {
  const t = useWords(WORDS);
  const admin = useMay("admin");
  const mine = usePreference<View[]>(MINE, []);
  const teams = usePreference<View[]>(TEAMS, []);
  const [naming, setNaming] = useState(false);
  const drop = (name: string) => {
    if (mine.value.some((view) => view.name === name)) mine.set(mine.value.filter((view) => view.name !== name));
    else teams.setForTeam(teams.value.filter((view) => view.name !== name));
  };
  const all = [...mine.value.map((view) => ({ view, team: false })), ...teams.value.map((view) => ({ view, team: true }))];
  const items = [
    ...all.map(({ view, team }) => ({
      key: `${String(team)} ${view.name}`,
      label: team ? `${view.name} (${t.shared})` : view.name,
      extra: !team || admin ? <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={`${t.deleteView} ${view.name}`} onClick={(event) => (event.stopPropagation(), drop(view.name))} /> : undefined,
      onClick: () => onShow(view.shown),
    })),
    ...(all.length ? [{ type: "divider" as const }] : []),
    { key: "save", icon: <PlusOutlined />, label: t.saveView, onClick: () => setNaming(true) },
  ];
  const save = ({ name, team }: { name: string; team?: boolean }) => {
    const { rule, columns, order, desc } = now;
    const view = { name, shown: { rule, columns, order, desc } };
    const others = (views: View[]) => views.filter((each) => each.name !== name);
    if (team) teams.setForTeam([...others(teams.value), view]);
    else mine.set([...others(mine.value), view]);
    setNaming(false);
  };
  return (
    <>
      <Dropdown trigger={["click"]} menu={{ items }}>
        <Button>
          {t.views} <DownOutlined aria-hidden style={{ fontSize: 10 }} />
        </Button>
      </Dropdown>
      {naming && (
        <Dialog title={t.saveView} onClose={() => setNaming(false)}>
        <Form layout="vertical" onFinish={save} requiredMark={false}>
          <Form.Item name="name" label={t.viewName} rules={[{ required: true }]}>
            <Input maxLength={60} />
          </Form.Item>
          {admin && (
            <Form.Item name="team" label={t.shared} valuePropName="checked">
              <Switch />
            </Form.Item>
          )}
          <Button type="primary" htmlType="submit">
            {t.saveView}
          </Button>
        </Form>
      </Dialog>
      )}
    </>
  );
}
