// The frame around every page: where to go, what is running, and the reader's own choices.
import { LoadingOutlined, MenuOutlined, QuestionCircleOutlined, SearchOutlined, ThunderboltOutlined, UserOutlined } from "@ant-design/icons";
import { App, Badge, Button, Drawer, Dropdown, Grid, Menu, Tooltip } from "antd";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Suspense, useCallback, useState } from "react";
import { hasEnded, type Job, useJobStream, useJobs } from "@/api/jobs";
import { useSigning } from "@/api/session";
import { useMay, useWearer } from "@/ui/rights";
import { useWords, words } from "@/ui/words";
import { useQueryClient } from "@tanstack/react-query";
import { Banners } from "./Banners";
import { LookButtons } from "./LookButtons";
import { PLACE_WORDS, PLACES } from "./places";
import { useShortcuts } from "./shortcuts";
import { lazily } from "./Stale";
import "./shell.css";

const WORDS = words({
  zh: {
    skip: "跳到正文",
    menu: "打开菜单",
    navigation: "主菜单",
    search: "搜索客户、标签、人群…",
    running: (n: number) => `${n} 个任务进行中`,
    jobs: "任务中心",
    help: "快捷键",
    account: "账号",
    password: "修改密码",
    signOut: "退出登录",
    jobDone: "任务完成",
    jobFailed: "任务失败",
    look: "查看",
  },
  en: {
    skip: "Skip to the content",
    menu: "Open the menu",
    navigation: "Main menu",
    search: "Search customers, tags, audiences…",
    running: (n: number) => `${n} jobs running`,
    jobs: "Jobs",
    help: "Shortcuts",
    account: "Account",
    password: "Change password",
    signOut: "Sign out",
    jobDone: "A job is done",
    jobFailed: "A job failed",
    look: "Look",
  },
});

const Palette = lazily(() => import("./Palette"));
const ShortcutList = lazily(() => import("./ShortcutList"));

export function Shell() {
  const t = useWords(WORDS);
  const narrow = !Grid.useBreakpoint().lg;
  const [drawer, setDrawer] = useState(false);
  const [finding, setFinding] = useState(false);
  const [helping, setHelping] = useState(false);
  useShortcuts({ onFind: () => setFinding(true), onHelp: () => setHelping(true) });
  useJobStream(useJobNews());
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t.skip}
      </a>
      {!narrow && (
        <nav className="side no-print" aria-label={t.navigation}>
          <Brand />
          <Places />
        </nav>
      )}
      {narrow && (
        <Drawer open={drawer} onClose={() => setDrawer(false)} placement="left" size={264} title={<Brand />} styles={{ body: { padding: 8 } }}>
          <nav aria-label={t.navigation}>
            <Places onGo={() => setDrawer(false)} />
          </nav>
        </Drawer>
      )}
      <div className="main">
        <header className="top no-print">
          {narrow && <Button type="text" icon={<MenuOutlined />} aria-label={t.menu} onClick={() => setDrawer(true)} />}
          <Button className="finder" icon={<SearchOutlined />} onClick={() => setFinding(true)} aria-label={narrow ? t.search : undefined} aria-keyshortcuts="Control+K">
            {!narrow && (
              <>
                <span className="quiet">{t.search}</span>
                <kbd>Ctrl K</kbd>
              </>
            )}
          </Button>
          <span className="gap" />
          <Running />
          <LookButtons />
          {!narrow && (
            <Tooltip title={t.help}>
              <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t.help} onClick={() => setHelping(true)} />
            </Tooltip>
          )}
          <Account />
        </header>
        <Banners />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {finding && <Palette onClose={() => setFinding(false)} />}
        {helping && <ShortcutList onClose={() => setHelping(false)} />}
      </Suspense>
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className="brand">
      <img src="/icon.svg" alt="" width={28} height={28} />
      <span lang="zh-CN">群像</span>
      <small>Qunxiang</small>
    </Link>
  );
}

function Places({ onGo }: { onGo?: () => void }) {
  const t = useWords(PLACE_WORDS);
  const wearer = useWearer();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const here = [...PLACES.flatMap((g) => g.places)].sort((a, b) => b.to.length - a.to.length).find((p) => (p.to === "/" ? path === "/" : path.startsWith(p.to)));
  const items = PLACES.map(({ group, places }) => ({
    key: group,
    type: "group" as const,
    label: t[group],
    children: places
      .filter((place) => wearer.scopes.includes(place.needs))
      .map(({ name, to, Icon }) => ({ key: name, icon: <Icon />, label: <Link to={to}>{t[name]}</Link> })),
  })).filter((group) => group.children.length > 0);
  return <Menu mode="inline" items={items} selectedKeys={here ? [here.name] : []} onClick={onGo} style={{ border: 0 }} />;
}

function Running() {
  const t = useWords(WORDS);
  const running = (useJobs().data ?? []).filter((job) => !hasEnded(job)).length;
  const said = running ? t.running(running) : t.jobs;
  return (
    <Tooltip title={said}>
      <Link to="/jobs" aria-label={said} className="icon-link">
        <Badge count={running} size="small" color="var(--ant-color-primary)">
          {running ? <LoadingOutlined /> : <ThunderboltOutlined />}
        </Badge>
      </Link>
    </Tooltip>
  );
}

function Account() {
  const t = useWords(WORDS);
  const { name } = useWearer();
  const { signOut } = useSigning();
  const navigate = useNavigate();
  const items = [
    { key: "me", label: t.password, onClick: () => void navigate({ to: "/me" }) },
    { key: "out", label: t.signOut, onClick: () => void signOut() },
  ];
  return (
    <Dropdown trigger={["click"]} menu={{ items }}>
      <Button type="text" icon={<UserOutlined />} aria-label={`${t.account} ${name}`}>
        <span className="account-name">{name}</span>
      </Button>
    </Dropdown>
  );
}

/** Tells of jobs that end while the reader looks at something else, and asks anew what they changed. */
function useJobNews(): (job: Job) => void {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const { notification } = App.useApp();
  const mayRead = useMay("read");
  return useCallback(
    (job: Job) => {
      if (!mayRead) return;
      void client.invalidateQueries({ predicate: (query) => !["jobs", "session"].includes(String(query.queryKey[0])) });
      if (location.pathname.startsWith("/jobs") || location.pathname.startsWith("/imports/")) return;
      const failed = job.status === "failed";
      const action = (
        <Link to="/jobs">
          {t.look}
        </Link>
      );
      notification[failed ? "error" : "success"]({ title: failed ? t.jobFailed : t.jobDone, description: job.problem?.title, actions: action, key: String(job.number) });
    },
    [client, notification, mayRead, t],
  );
}
