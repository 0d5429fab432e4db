// One audience: how many and since when, what it is like, who is in it, how it changed, and why.
import { CameraOutlined, CopyOutlined, EditOutlined, EllipsisOutlined, ExportOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Skeleton, Tabs } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useRef } from "react";
import { api, download, got } from "@/api/client";
import { takePicture } from "@/charts/picture";
import { AwaitPage } from "@/ui/AwaitPage";
import { LinkButton } from "@/ui/LinkButton";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { useMay, useWearer } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { audienceQuery, type OneAudience, portraitQuery, usesQuery } from "./asking";
import { WORDS } from "./words";
import "./audiences.css";

const GroupPortrait = lazy(() => import("@/charts/GroupPortrait").then((m) => ({ default: m.GroupPortrait })));
const Explain = lazy(() => import("@/rule-editor/Why").then((m) => ({ default: m.Explain })));
const Changes = lazy(() => import("./Changes").then((m) => ({ default: m.Changes })));
const Members = lazy(() => import("./Members").then((m) => ({ default: m.Members })));

export function AudiencePage() {
  const t = useWords(WORDS);
  const { name } = useParams({ strict: false }) as { name: string };
  const found = useQuery(audienceQuery(name));
  return (
    <AwaitPage of={found} title={t.title} wayOn={<LinkButton to="/audiences">{t.toAll}</LinkButton>}>
      {(one) => <Page one={one} />}
    </AwaitPage>
  );
}

function Page({ one }: { one: OneAudience }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const wearer = useWearer();
  const may = { define: useMay("define"), export: useMay("export") };
  const [{ tab = "overview", columns = "" }, setUrl] = useUrlState<{ tab?: string; columns?: string }>();
  const page = useRef<HTMLDivElement>(null);
  const tell = useTelling();
  const label = labelOf(one, lang);
  const asked = columns ? columns.split(",") : ["name", "city", "lifecycle"];
  const save = (kind: "csv" | "xlsx") => void download(`/v1/export/${kind}`, { method: "POST", body: { audience: one.name, columns: asked } }).catch(tell);
  const picture = () => page.current && void takePicture(page.current, label, `${label} · ${f.moment(new Date())} · ${wearer.name} · 群像 Qunxiang`).catch(tell);
  const actions = (
    <>
      {may.define && (
        <LinkButton to="/audiences/$name/edit" params={{ name: one.name }} icon={<EditOutlined />}>{t.edit}</LinkButton>
      )}
      <Button icon={<CameraOutlined />} onClick={picture}>
        {t.picture}
      </Button>
      {may.export && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "xlsx", label: "Excel (XLSX)", onClick: () => save("xlsx") },
              { key: "csv", label: "CSV", onClick: () => save("csv") },
            ],
          }}
        >
          <Button type="primary" icon={<ExportOutlined />}>
            {t.export}
          </Button>
        </Dropdown>
      )}
      {may.define && <More one={one} />}
    </>
  );
  const tabs = [
    { key: "overview", label: t.overview, children: <Overview one={one} /> },
    { key: "portrait", label: t.portrait, children: <PortraitTab name={one.name} /> },
    { key: "members", label: t.members, children: <Members one={one} columns={asked} onColumns={(next) => setUrl({ columns: next.join(",") })} /> },
    { key: "history", label: t.historyTab, children: <Changes name={one.name} /> },
    { key: "why", label: t.whyTab, children: <Panel><Explain audience={one.name} /></Panel> },
  ];
  return (
    <div ref={page}>
      <PageShell title={label} lead={one.description || undefined} actions={actions}>
        <Figures one={one} />
        <Suspense fallback={<Skeleton active />}>
          <Tabs activeKey={tab} onChange={(key) => setUrl({ tab: key === "overview" ? undefined : key }, { replace: false })} items={tabs} destroyOnHidden />
        </Suspense>
      </PageShell>
    </div>
  );
}

function Figures({ one }: { one: OneAudience }) {
  const t = useWords(WORDS);
  const f = useFormats();
  return (
    <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
      <Figure label={t.size} value={one.count == null ? t.notYet : f.count(one.count)} note={one.stale ? t.stale : one.share == null ? undefined : f.share(one.share)} />
      <Figure label={t.enteredNames} value={one.entered == null ? "–" : f.count(one.entered)} />
      <Figure label={t.leftNames} value={one.left == null ? "–" : f.count(one.left)} />
      <Figure label={t.updated} value={one.as_of ? f.ago(one.as_of) : "–"} note={one.as_of ? f.moment(one.as_of) : t.refreshing} />
    </div>
  );
}

function Overview({ one }: { one: OneAudience }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const uses = useQuery(usesQuery(one.name));
  return (
    <div className="grid" style={{ "--least": "420px" } as React.CSSProperties}>
      <Panel title={t.sentence}>
        <p>{one.sentence[lang]}</p>
        <p className="code">{one.text[lang]}</p>
      </Panel>
      <Panel title={t.facts}>
        <dl className="facts">
          <dt>{t.id}</dt>
          <dd className="code">{one.name}</dd>
          <dt>{t.version}</dt>
          <dd>
            {one.version} · {one.author} · {f.moment(one.at)}
          </dd>
          <dt>{t.uses}</dt>
          <dd>{uses.data?.length ? uses.data.map((use) => labelOf(use, lang)).join("、") : t.usesNone}</dd>
        </dl>
      </Panel>
      <Panel title={t.history} className="wide-panel">
        <Changes name={one.name} plain />
      </Panel>
    </div>
  );
}

function PortraitTab({ name }: { name: string }) {
  const navigate = useNavigate();
  const drawn = useQuery(portraitQuery({ audience: name }));
  const add = (field: string, value: string) => {
    const said = value === "true" ? true : value === "false" ? false : value;
    const rule = { node: "all", of: [{ node: "audience", audience: name }, { node: "compare", field, op: "eq", value: said }] };
    void navigate({ to: "/audiences/new", search: { rule: JSON.stringify(rule) } });
  };
  return (
    <Await of={drawn} rows={12}>
      {(found) => (
        <div className="stack">
          <GroupPortrait drawn={found} onPick={add} />
        </div>
      )}
    </Await>
  );
}

function More({ one }: { one: OneAudience }) {
  const t = useWords(WORDS);
  const { modal } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const navigate = useNavigate();
  const retire = async () => {
    try {
      await got(api.DELETE("/v1/definitions/{kind}/{name}", { params: { path: { kind: "audiences", name: one.name } } }));
      await client.invalidateQueries({ queryKey: ["audiences"] });
      void navigate({ to: "/audiences" });
    } catch (error) {
      tell(error);
    }
  };
  const items = [
    { key: "copy", icon: <CopyOutlined />, label: t.copy, onClick: () => void navigate({ to: "/audiences/new", search: { copy: one.name } }) },
    { key: "retire", label: t.retire, danger: true, onClick: () => void modal.confirm({ title: t.retireSure, okText: t.retire, onOk: retire }) },
  ];
  return (
    <Dropdown trigger={["click"]} menu={{ items }}>
      <Button icon={<EllipsisOutlined />} aria-label={t.facts} />
    </Dropdown>
  );
}
