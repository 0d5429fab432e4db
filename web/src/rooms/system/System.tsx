// How the workspace is doing: versions, the worker, what it holds and how large, settings, the trail.
import { Alert, Button, Collapse, Tag } from "antd";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, got, type Schemas } from "@/api/client";
import { DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Figure, PageShell, Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await, ProblemView } from "@/ui/states";
import { useWords, words } from "@/ui/words";

const WORDS = words({
  zh: {
    title: "系统状态",
    version: "版本",
    worker: "后台任务",
    alive: "正常",
    dead: "没有运行",
    deadHow: "后台任务停了,导入和刷新会一直排队。请重启 qunxiang serve;若反复出现,请看服务日志。",
    beat: (ago: string) => `上次心跳 ${ago}`,
    people: "客户数",
    audiences: "人群数",
    asOf: "数据截至",
    never: "尚未刷新",
    started: "启动于",
    stores: "存储",
    store: "内容",
    path: "位置",
    size: "大小",
    total: "合计",
    settings: "设置",
    setting: "设置项",
    value: "当前值",
    standard: "默认值",
    about: "说明",
    changed: "已修改",
    licences: "数据与软件许可",
    audit: "审计记录",
    at: "时间",
    who: "谁",
    what: "做了什么",
    subject: "对象",
    details: "详情",
    more: "加载更早的",
    python: "Python",
    holds: { log: "落地日志", state: "状态库", warehouse: "数据仓", shelf: "画像列", uploads: "待处理上传" } as Record<string, string>,
    deeds: {
      "set up": "创建所有者",
      "sign in": "登录",
      "change password": "修改密码",
      "change role": "修改角色",
      "create account": "添加成员",
      "delete account": "移除成员",
      "create token": "新建密钥",
      "revoke token": "吊销密钥",
      "save definition": "保存定义",
      "retire definition": "停用定义",
      import: "导入",
      "undo import": "撤销导入",
      export: "导出成员",
      "export person": "导出个人数据",
      "erase person": "抹除个人数据",
    } as Record<string, string>,
  },
  en: {
    title: "System status",
    version: "Version",
    worker: "Background work",
    alive: "running",
    dead: "not running",
    deadHow: "Background work has stopped; imports and refreshes wait for ever. Start qunxiang serve again; if it happens again, see the server's log.",
    beat: (ago: string) => `last sign of life ${ago}`,
    people: "Customers",
    audiences: "Audiences",
    asOf: "Data as of",
    never: "not refreshed yet",
    started: "Started",
    stores: "Storage",
    store: "What",
    path: "Where",
    size: "Size",
    total: "In all",
    settings: "Settings",
    setting: "Setting",
    value: "Value",
    standard: "Default",
    about: "What it does",
    changed: "changed",
    licences: "Licences of data and software",
    audit: "Audit trail",
    at: "When",
    who: "Who",
    what: "What",
    subject: "On what",
    details: "Details",
    more: "Load earlier",
    python: "Python",
    holds: { log: "Landing log", state: "State store", warehouse: "Warehouse", shelf: "Columns of people", uploads: "Uploads waiting" } as Record<string, string>,
    deeds: {} as Record<string, string>,
  },
});

type SystemState = Schemas["SystemAnswer"];

export function System() {
  const t = useWords(WORDS);
  const system = useQuery({ queryKey: ["system"], queryFn: () => got(api.GET("/v1/system")), refetchInterval: 10_000 });
  const admin = useMay("admin");
  return (
    <PageShell title={t.title}>
      <Await of={system}>{(found) => <State system={found} />}</Await>
      {admin && (
        <Panel title={t.audit}>
          <Trail />
        </Panel>
      )}
    </PageShell>
  );
}

function State({ system }: { system: SystemState }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const sum = system.stores.reduce((total, store) => total + (store.bytes ?? 0), 0);
  const items = [
    ...(system.settings ? [{ key: "settings", label: t.settings, children: <Settings settings={system.settings} /> }] : []),
    { key: "licences", label: t.licences, children: <pre className="code" style={{ whiteSpace: "pre-wrap", margin: 0 }}>{system.licences.join("\n")}</pre> },
  ];
  return (
    <>
      {!system.worker.alive && <Alert type="error" showIcon title={`${t.worker}: ${t.dead}`} description={t.deadHow} />}
      <div className="grid" style={{ "--least": "150px" } as React.CSSProperties}>
        <Figure label={t.version} value={system.version} note={`${t.python} ${system.python}`} />
        <Figure label={t.worker} value={system.worker.alive ? t.alive : t.dead} note={system.worker.last_beat ? t.beat(f.ago(system.worker.last_beat)) : undefined} />
        <Figure label={t.people} value={f.compact(system.people)} note={`${t.audiences} ${f.count(system.audiences)}`} />
        <Figure label={t.asOf} value={system.as_of ? f.ago(system.as_of) : t.never} note={`${t.started} ${f.moment(system.started_at)}`} />
      </div>
      <Panel title={t.stores} extra={<span className="quiet">{`${t.total} ${f.bytes(sum)}`}</span>}>
        <DataTable
          name={t.stores}
          rows={system.stores}
          keyOf={(store) => store.name}
          columns={[
            { key: "name", title: t.store, show: (store) => t.holds[store.name] ?? store.name },
            { key: "size", title: t.size, numeric: true, show: (store) => (store.bytes === null ? "–" : f.bytes(store.bytes)) },
            { key: "path", title: t.path, wide: true, show: (store) => <span className="code">{store.path ?? ""}</span> },
          ]}
        />
      </Panel>
      <Collapse items={items} />
    </>
  );
}

function Settings({ settings }: { settings: NonNullable<SystemState["settings"]> }) {
  const t = useWords(WORDS);
  const said = (value: unknown) => (value === "" ? "–" : typeof value === "string" ? value : JSON.stringify(value));
  return (
    <DataTable
      name={t.settings}
      rows={settings}
      keyOf={(one) => one.name}
      columns={[
        { key: "name", title: t.setting, show: (one) => <span className="code">{one.name}</span> },
        {
          key: "value",
          title: t.value,
          show: (one) => (
            <>
              <span className="code">{said(one.value)}</span> {said(one.value) !== said(one.default) && <Tag color="blue">{t.changed}</Tag>}
            </>
          ),
        },
        { key: "default", title: t.standard, show: (one) => <span className="code quiet">{said(one.default)}</span>, wide: true },
        { key: "about", title: t.about, show: (one) => one.description },
      ]}
    />
  );
}

function Trail() {
  const t = useWords(WORDS);
  const f = useFormats();
  const pages = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) => got(api.GET("/v1/audit", { params: { query: { limit: 50, before: pageParam ?? undefined } } })),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length === 50 ? page.at(-1)!.number : null),
  });
  if (pages.error) return <ProblemView error={pages.error} onRetry={() => void pages.refetch()} />;
  const rows = pages.data?.pages.flat() ?? [];
  return (
    <div className="stack">
      <DataTable
        name={t.audit}
        rows={rows}
        loading={pages.isPending}
        keyOf={(one) => one.number}
        paging={{ page: 1, size: Math.max(1, rows.length), total: rows.length, onChange: () => undefined }}
        columns={[
          { key: "at", title: t.at, show: (one) => f.moment(one.at) },
          { key: "who", title: t.who, show: (one) => one.who },
          { key: "what", title: t.what, show: (one) => t.deeds[one.what] ?? one.what },
          { key: "subject", title: t.subject, show: (one) => one.subject },
          { key: "details", title: t.details, wide: true, show: (one) => <span className="code quiet">{Object.entries(one.details).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(" ")}</span> },
        ]}
      />
      {pages.hasNextPage && (
        <Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
          {t.more}
        </Button>
      )}
    </div>
  );
}
