// The frame around every page: where to go, what is running, and the reader's own choices.
import { LoadingOutlined, MenuOutlined, QuestionCircleOutlined, SearchOutlined, ThunderboltOutlined, UserOutlined } from "@ant-design/icons";
import { App, Button, Grid, Popover, Tooltip } from "antd";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, useCallback, useEffect, useRef, useState } from "react";
import { hasEnded, type Job, useJobStream, useJobs } from "@/api/jobs";
import { useSigning } from "@/api/session";
import { useJobNames } from "@/jobs/words";
import { useMay, useWearer } from "@/ui/rights";
import { useWords, words } from "@/ui/words";
import { useQueryClient } from "@tanstack/react-query";
import { Banners } from "./Banners";
import { LangButton, LightChoice } from "./LookButtons";
import { Brand, Places } from "./NavList";
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
    me: "我的账号",
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
    me: "My account",
    signOut: "Sign out",
    jobDone: "A job is done",
    jobFailed: "A job failed",
    look: "Look",
  },
});

const Palette = lazily(() => import("./Palette"));
const NavDrawer = lazily(() => import("./NavDrawer"));
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
      <Suspense>{narrow && drawer && <NavDrawer name={t.navigation} onClose={() => setDrawer(false)} />}</Suspense>
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
          <LangButton />
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

function Running() {
  const t = useWords(WORDS);
  const running = (useJobs().data ?? []).filter((job) => !hasEnded(job)).length;
  const said = running ? t.running(running) : t.jobs;
  return (
    <Tooltip title={said}>
      <Link to="/jobs" aria-label={said} className="icon-link">
        {running ? <LoadingOutlined aria-hidden /> : <ThunderboltOutlined aria-hidden />}
        {running > 0 && <span className="badge">{running}</span>}
      </Link>
    </Tooltip>
  );
}

/** Who is signed in; their own page, light or dark, and the way out. */
function Account() {
  const t = useWords(WORDS);
  const { name } = useWearer();
  const { signOut } = useSigning();
  const [open, setOpen] = useState(false);
  const content = (
    <div className="account">
      <Link to="/me" onClick={() => setOpen(false)}>
        {t.me}
      </Link>
      <LightChoice />
      <Button block onClick={() => void signOut()}>
        {t.signOut}
      </Button>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen} content={content}>
      <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={`${t.account}: ${name}`} aria-expanded={open}>
        <span className="account-name">{name}</span>
      </Button>
    </Popover>
  );
}

/** Pages that show jobs themselves. */
const SHOWN_AT = /^\/($|jobs|imports|connectors)/;

/** Tells of jobs that end while the reader looks at something else, and asks anew what they changed. */
function useJobNews(): (job: Job) => void {
  const t = useWords(WORDS);
  const client = useQueryClient();
  const { notification } = App.useApp();
  const mayRead = useMay("read");
  const called = useJobNames();
  const names = useRef(called);
  useEffect(() => {
    names.current = called;
  });
  const navigate = useNavigate();
  return useCallback(
    (job: Job) => {
      if (!mayRead) return;
      void client.invalidateQueries({ predicate: (query) => !["jobs", "session"].includes(String(query.queryKey[0])) });
      if (SHOWN_AT.test(location.pathname)) return;
      const failed = job.status === "failed";
      const key = String(job.number);
      const look = () => {
        notification.destroy(key);
        void navigate({ to: "/jobs" });
      };
      // A button, not a link: notices hang above the router, where links do not work.
      const action = (
        <Button size="small" onClick={look}>
          {t.look}
        </Button>
      );
      const description = job.problem?.title ?? `${names.current.what(job)} ${names.current.about(job)}`;
      notification[failed ? "error" : "success"]({ title: failed ? t.jobFailed : t.jobDone, description, actions: action, key });
    },
    [client, notification, mayRead, navigate, t],
  );
}
