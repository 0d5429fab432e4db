// One web hook: the address for its sender, the last arrivals, what was refused and why.
import { CheckCircleOutlined, CloseCircleOutlined, EditOutlined } from "@ant-design/icons";
import { Alert, App, Button, Tag } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { DataTable } from "@/ui/DataTable";
import { LinkButton } from "@/ui/LinkButton";
import { MaskedText } from "@/ui/MaskedText";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, NothingYet, ProblemView } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { labelOf, useLang, useWords } from "@/ui/words";
import { type Arrived, arrivalsQuery, type HookState, hooksQuery, removeHook } from "./hook-asking";
import { HOOK_WORDS } from "./hook-words";
import { HookTry } from "./HookTry";
import { Address, refusedOf } from "./Hooks";
import "./connectors.css";

export function HookPage() {
  const t = useWords(HOOK_WORDS);
  const f = useFormats();
  const lang = useLang();
  const mayTry = useMay("import");
  const { name } = useParams({ strict: false }) as { name: string };
  const found = useQuery(hooksQuery);
  const arrivals = useQuery(arrivalsQuery(name));
  const one = found.data?.find(({ definition }) => definition.name === name);
  const toAll = <LinkButton to="/connectors">{t.toAll}</LinkButton>;
  const lacking = Object.entries(one?.secrets ?? {}).filter(([, kept]) => !kept).map(([secret]) => secret);
  return (
    <PageShell title={one ? labelOf(one.definition, lang) : name} lead={t.addressHow} actions={one ? <Actions one={one} /> : toAll}>
      {arrivals.error && <ProblemView error={arrivals.error} action={toAll} />}
      {one && (
        <>
          {lacking.length > 0 && <Alert type="warning" showIcon title={t.lacking(lacking.join("、"))} />}
          <Panel title={t.address}>
            <Address path={one.path} />
          </Panel>
          <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
            <Figure label={t.signed} value={<span style={{ fontSize: 16 }}>{t.ways[one.definition.signed.by ?? "hmac"]}</span>} />
            <Figure label={t.source} value={<Link to="/sources/$name" params={{ name: one.definition.source ?? name }} style={{ fontSize: 16 }}>{one.definition.source ?? name}</Link>} />
            <Figure label={t.received} value={one.received_at ? <span title={f.moment(one.received_at)}>{f.ago(one.received_at)}</span> : t.never} />
            <Figure label={t.refused} value={f.count(refusedOf(one))} />
          </div>
          {one.refusals.length > 0 && <Refusals one={one} />}
          <Panel title={t.arrivals}>
            <Await of={arrivals}>{(rows) => <Arrivals rows={rows} />}</Await>
          </Panel>
          {mayTry && <HookTry name={name} hook={() => Promise.resolve(null)} />}
        </>
      )}
    </PageShell>
  );
}

function Actions({ one: { definition } }: { one: HookState }) {
  const t = useWords(HOOK_WORDS);
  const lang = useLang();
  const { modal, message } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { name } = definition;
  const retire = async () => {
    try {
      await removeHook(name);
      void navigate({ to: "/connectors" });
      void message.success(t.removed);
      await client.invalidateQueries();
    } catch (error) {
      tell(error);
    }
  };
  const sure = () => void modal.confirm({ title: t.removeSure(labelOf(definition, lang)), content: t.removeHow, okText: t.remove, okButtonProps: { danger: true }, onOk: retire });
  if (!useMay("admin")) return null;
  return (
    <>
      <LinkButton to="/hooks/$name/edit" params={{ name }} icon={<EditOutlined />}>
        {t.edit}
      </LinkButton>
      <Button danger onClick={sure}>
        {t.remove}
      </Button>
    </>
  );
}

function Refusals({ one }: { one: HookState }) {
  const t = useWords(HOOK_WORDS);
  const f = useFormats();
  return (
    <Panel title={t.refusals}>
      <DataTable
        name={t.refusals}
        rows={one.refusals}
        keyOf={(refusal) => `${refusal.day} ${refusal.code}`}
        columns={[
          { key: "day", title: t.day, show: (refusal) => <span title={f.moment(refusal.last)}>{refusal.day}</span> },
          { key: "requests", title: t.requests, numeric: true, show: (refusal) => f.count(refusal.requests) },
          { key: "reason", title: t.reason, show: (refusal) => refusal.reason },
          { key: "remedy", title: t.remedy, show: (refusal) => <span className="quiet">{refusal.remedy}</span> },
        ]}
      />
    </Panel>
  );
}

function Arrivals({ rows }: { rows: readonly Arrived[] }) {
  const t = useWords(HOOK_WORDS);
  const f = useFormats();
  return (
    <DataTable
      name={t.arrivals}
      rows={rows}
      keyOf={(one) => one.number}
      empty={<NothingYet title={t.noArrivals}>{t.noArrivalsHow}</NothingYet>}
      columns={[
        { key: "at", title: t.at, show: (one) => <span title={f.moment(one.received)}>{f.ago(one.received)}</span> },
        { key: "event", title: t.event, show: (one) => one.event || one.kind || "–" },
        {
          key: "who",
          title: t.who,
          show: (one) => one.ids.map((id) => <span key={`${id.type} ${id.value}`} className="code"><span className="quiet">{id.type}</span> <MaskedText>{id.value}</MaskedText> </span>),
        },
        { key: "outcome", title: t.outcome, show: (one) => <Outcome verdict={one.verdict} reason={one.reason} /> },
      ]}
    />
  );
}

function Outcome({ verdict, reason }: { verdict: Arrived["verdict"]; reason: string }) {
  const t = useWords(HOOK_WORDS);
  if (verdict === "accepted") return <Tag color="success" icon={<CheckCircleOutlined aria-hidden />}>{t.accepted}</Tag>;
  return verdict === "repeat" ? <Tag>{t.repeat}</Tag> : <Tag color="error" icon={<CloseCircleOutlined aria-hidden />}>{reason}</Tag>;
}
