// The tracking plans in force, the sources that have none, and the ways to a new one.
import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Tag } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ColumnOf, DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Plan, plansQuery, qualityQuery, retirePlan } from "./asking";
import { WORDS } from "./plan-words";

export function Plans() {
  const t = useWords(WORDS);
  const found = useQuery(plansQuery);
  return (
    <Panel>
      <div className="stack">
        <div className="row" style={{ justifyContent: "space-between" }}>
          <span className="quiet">{t.lead}</span>
          <Create />
        </div>
        <Await of={found}>{(plans) => <List plans={plans} />}</Await>
      </div>
    </Panel>
  );
}

function List({ plans }: { plans: readonly Plan[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const may = useMay("define");
  const columns: ColumnOf<Plan>[] = [
    {
      key: "name",
      title: t.plans,
      show: (one) => (
        <Link to="/quality/plans/$name/edit" params={{ name: one.name }}>
          {labelOf(one, lang)}
        </Link>
      ),
    },
    { key: "sources", title: t.sources, show: ({ sources = [] }) => (sources.length ? sources.map((one) => <Tag key={one}>{one}</Tag>) : <span className="quiet">{t.sourcesAll}</span>) },
    { key: "events", title: t.events, numeric: true, show: ({ events = [] }) => f.count(events.length) },
    { key: "since", title: t.since, show: ({ since }) => since ?? "–" },
    { key: "unknown", title: t.wrongs.unknown_event, show: (one) => t.actions[one.unknown_event ?? "allow"], wide: true },
    { key: "retire", title: "", show: (one) => may && <Retire name={one.name} /> },
  ];
  return <DataTable name={t.plans} rows={plans} columns={columns} keyOf={(one) => one.name} empty={<NothingYet title={t.none}>{t.noneLead}</NothingYet>} />;
}

/** A new plan, proposed from what came of a source that no plan names, or empty. */
function Create() {
  const t = useWords(WORDS);
  const may = useMay("define");
  const navigate = useNavigate();
  const plans = useQuery(plansQuery).data ?? [];
  const seen = useQuery(qualityQuery).data ?? [];
  const named = new Set(plans.flatMap(({ sources = [] }) => sources));
  const sources = [...new Set(seen.map(({ source }) => source))].filter((one) => !named.has(one));
  if (!may) return null;
  const go = (source?: string) => void navigate({ to: "/quality/plans/new/edit", search: { source } });
  const items = [...sources.map((source) => ({ key: `of ${source}`, label: t.proposeFor(source), onClick: () => go(source) })), { key: "empty", label: t.empty, onClick: () => go() }];
  return (
    <Dropdown trigger={["click"]} menu={{ items }}>
      <Button type="primary" icon={<PlusOutlined aria-hidden />}>
        {t.create}
      </Button>
    </Dropdown>
  );
}

function Retire({ name }: { name: string }) {
  const t = useWords(WORDS);
  const { modal, message } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const go = async () => {
    try {
      await retirePlan(name);
      void message.success(t.retired);
    } catch (error) {
      tell(error);
    }
    await client.invalidateQueries();
  };
  return (
    <Button size="small" danger aria-label={`${t.retire}: ${name}`} onClick={() => void modal.confirm({ title: t.retireSure(name), content: t.retireHow, okText: t.retire, okButtonProps: { danger: true }, onOk: go })}>
      {t.retire}
    </Button>
  );
}
