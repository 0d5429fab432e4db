// One tag: how it is worked out, how its values are spread, where it is used, its versions; and set by hand.
import { CopyOutlined, EditOutlined, EllipsisOutlined, ReloadOutlined, StopOutlined } from "@ant-design/icons";
import { Alert, App, Button, Dropdown, Skeleton, Tabs } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { api, got } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import { Distribution } from "@/charts/Distribution";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useUrlState } from "@/ui/url";
import { labelOf, useLang, useWords } from "@/ui/words";
import { distributionQuery, type Overview, retireTag, type Tag, tagQuery, tagsQuery, type Use, usesQuery } from "./asking";
import { orderOf } from "./draft";
import { HowSaid } from "./HowSaid";
import { StateOf } from "./Tags";
import { UseLinks } from "./UseLinks";
import { WORDS } from "./words";
import "./tags.css";

const ByHand = lazy(() => import("./ByHand").then((m) => ({ default: m.ByHand })));
const Versions = lazy(() => import("./Versions").then((m) => ({ default: m.Versions })));

export function TagPage() {
  const { name = "" } = useParams({ strict: false });
  const found = useQuery(tagQuery(name));
  return <Await of={found}>{(read) => <Page tag={read.body} version={read.version} />}</Await>;
}

function Page({ tag, version }: { tag: Tag; version: number }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const may = useMay("define");
  const [{ tab = "overview" }, setUrl] = useUrlState<{ tab?: string }>();
  const state = useQuery(tagsQuery).data?.find((one) => one.name === tag.name);
  const described = (lang === "zh" ? tag.description_zh : tag.description_en) || tag.description_zh || tag.description_en;
  const actions = may && (
    <>
      <Link to="/tags/$name/edit" params={{ name: tag.name }}>
        <Button type="primary" icon={<EditOutlined />}>
          {t.edit}
        </Button>
      </Link>
      <More tag={tag} />
    </>
  );
  const tabs = [
    { key: "overview", label: t.overview, children: <About tag={tag} version={version} state={state} /> },
    ...(tag.how.kind === "manual" ? [{ key: "hand", label: t.byHand, children: <ByHand name={tag.name} values={tag.how.values ?? []} /> }] : []),
    { key: "versions", label: t.versions, children: <Versions tag={tag} version={version} /> },
  ];
  return (
    <PageShell title={labelOf(tag, lang)} lead={described} actions={actions}>
      {state?.stale && <Waits isNew={state.values === 0} />}
      <Figures state={state} />
      <Suspense fallback={<Skeleton active />}>
        <Tabs activeKey={tab} onChange={(key) => setUrl({ tab: key === "overview" ? undefined : key }, { replace: false })} items={tabs} destroyOnHidden />
      </Suspense>
    </PageShell>
  );
}

/** What is shown is older than the definition; whoever may can refresh. */
function Waits({ isNew }: { isNew: boolean }) {
  const t = useWords(WORDS);
  const may = useMay("refresh");
  const { message } = App.useApp();
  const refresh = async () => {
    try {
      await got(api.POST("/v1/refresh"));
      void message.success(t.refreshAsked);
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const action = may && (
    <Button size="small" icon={<ReloadOutlined />} onClick={() => void refresh()}>
      {t.refreshNow}
    </Button>
  );
  return <Alert type="warning" showIcon title={isNew ? t.waitsNew : t.waits} action={action} />;
}

function Figures({ state }: { state: Overview | undefined }) {
  const t = useWords(WORDS);
  const f = useFormats();
  if (!state) return null;
  return (
    <div className="grid" style={{ "--least": "140px" } as React.CSSProperties}>
      <Figure label={t.people} value={f.count(state.people)} />
      <Figure label={t.coverage} value={f.share(state.coverage)} />
      <Figure label={t.values} value={f.count(state.values)} />
      <Figure label={t.uses} value={f.count(state.uses)} />
    </div>
  );
}

function About({ tag, version, state }: { tag: Tag; version: number; state: Overview | undefined }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const uses = useQuery(usesQuery(tag.name));
  return (
    <div className="grid" style={{ "--least": "420px", alignItems: "start" } as React.CSSProperties}>
      <div className="stack">
        <Panel title={t.how}>
          <HowSaid tag={tag} />
        </Panel>
        <Panel title={t.facts}>
          <dl className="facts">
            <dt>{t.id}</dt>
            <dd className="code">{tag.name}</dd>
            <dt>{t.kind}</dt>
            <dd>{t.kinds[tag.how.kind]}</dd>
            <dt>{t.family}</dt>
            <dd>{t.families[tag.family ?? "basic"]}</dd>
            <dt>{t.state}</dt>
            <dd>{state ? <StateOf one={state} /> : "–"}</dd>
            <dt>{t.version}</dt>
            <dd>{version && state?.at ? `${version} · ${state.author ?? ""} · ${f.moment(state.at)}` : t.notSaved}</dd>
            {tag.owner && tag.owner !== "starter" && (
              <>
                <dt>{t.owner}</dt>
                <dd>{tag.owner}</dd>
              </>
            )}
          </dl>
        </Panel>
        <Panel title={t.usedBy}>
          <Await of={uses} rows={1}>
            {(found) => (found.length ? <UseLinks uses={found} /> : <p className="quiet">{t.usesNone}</p>)}
          </Await>
        </Panel>
      </div>
      <Spread tag={tag} state={state} />
    </div>
  );
}

/** How the values are spread; each leads to the customers who have it. */
function Spread({ tag, state }: { tag: Tag; state: Overview | undefined }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const drawn = useQuery({ ...distributionQuery(tag.name), enabled: state !== undefined && !state.masked });
  if (!state) return null;
  const show = (rule: object) => void navigate({ to: "/customers", search: { rule: JSON.stringify({ node: "compare", field: tag.name, ...rule }) } });
  const pick = (value: string) => {
    if (state.kind === "yesno") show({ op: "eq", value: value === "true" });
    else if (state.kind === "texts") show({ op: "has_any", value: [value] });
    else show({ op: "in", value: [value] });
  };
  return (
    <Panel title={t.distribution}>
      {state.masked ? (
        <p className="quiet">{t.hiddenDistribution}</p>
      ) : (
        <Await of={drawn}>
          {(found) =>
            found.known === 0 ? (
              <p className="quiet">{t.noDistribution}</p>
            ) : (
              <div className="stack">
                <Distribution of={found} onPick={pick} order={orderOf(tag.how)} />
                <div className="row">
                  <Button onClick={() => show({ op: "known", value: null })}>{t.known}</Button>
                  <span className="quiet">{[t.asOf, found.numbers ? "" : t.pick].filter(Boolean).join(" · ")}</span>
                </div>
              </div>
            )
          }
        </Await>
      )}
    </Panel>
  );
}

function More({ tag }: { tag: Tag }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [refused, setRefused] = useState<{ problem: Problem; uses: readonly Use[] } | null>(null);
  const retire = async () => {
    try {
      await retireTag(tag.name);
      await client.invalidateQueries();
      void message.success(t.retired);
      void navigate({ to: "/tags" });
    } catch (error) {
      const problem = asProblem(error);
      const uses = problem.code === "app.definition_in_use" ? await client.fetchQuery({ ...usesQuery(tag.name), staleTime: 0 }) : [];
      setRefused({ problem, uses });
    }
  };
  const ask = () => void modal.confirm({ title: t.retireSure(labelOf(tag, lang)), content: t.retireHow, okText: t.retire, onOk: retire });
  const items = [
    { key: "copy", icon: <CopyOutlined />, label: t.copy, onClick: () => void navigate({ to: "/tags/new", search: { copy: tag.name } }) },
    { key: "retire", icon: <StopOutlined />, label: t.retire, danger: true, onClick: ask },
  ];
  return (
    <>
      <Dropdown trigger={["click"]} menu={{ items }}>
        <Button icon={<EllipsisOutlined />} aria-label={t.more} />
      </Dropdown>
      {refused && (
        <Dialog title={refused.problem.message} onClose={() => setRefused(null)}>
          <p>{refused.uses.length ? t.inUse : refused.problem.remedy}</p>
          <UseLinks uses={refused.uses} />
        </Dialog>
      )}
    </>
  );
}
