import { beforeEach, expect, it, vi } from "vitest";

type Values = Record<string, unknown>;
interface Event {
  event: string;
  properties: Values;
  context: Values;
}

const kept = new Map<string, string>();
const sent: Event[] = [];
const pages: { route: string; options: Record<string, string> }[] = [];
const registered: Record<string, Record<string, (...words: unknown[]) => unknown>> = {};
let status = 200;

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(globalThis, {
    wx: {
      getStorageSync: (name: string) => kept.get(name) ?? "",
      setStorageSync: (name: string, text: string) => void kept.set(name, text),
      removeStorageSync: (name: string) => void kept.delete(name),
      getStorageInfoSync: () => ({ keys: [...kept.keys()] }),
      getSystemInfoSync: () => ({ brand: "HUAWEI", model: "P60", platform: "android", system: "Android 14", language: "zh_CN" }),
      request: (asked: { data: string; success: (answer: { statusCode: number }) => void }) => {
        if (status === 200) sent.push(...(JSON.parse(asked.data) as { events: Event[] }).events);
        asked.success({ statusCode: status });
      },
    },
    App: (definition: never) => (registered["app"] = definition),
    Page: (definition: never) => (registered["page"] = definition),
    Component: (definition: { methods: never }) => (registered["component"] = definition.methods),
    getCurrentPages: () => pages,
  });
});

/** Call a handler as the app's host would. */
function call(of: string, name: string, ...words: unknown[]): unknown {
  const handler = registered[of]?.[name];
  if (!handler) throw new Error(`${of} has no ${name}`);
  return handler(...words);
}

it("tells what happens to an app and its pages, and leaves them as they are", async () => {
  const qx = await import("@/snippet/qx-wx");
  const host = globalThis as unknown as Record<"App" | "Page" | "Component", (definition: object) => unknown>;
  qx.init({ key: "k", server: "https://in.example" });
  const own = { launched: 0, pulled: [] as unknown[] };
  host.App({ onLaunch: () => own.launched++ });
  const shown = { scene: 1047, path: "pages/home", query: { utm_source: "wx" }, referrerInfo: { appId: "wx1" } };
  call("app", "onLaunch", shown);
  call("app", "onShow", shown);

  host.Page({ onPullDownRefresh: (word: unknown) => own.pulled.push(word), onShareAppMessage: () => ({ title: "t" }) });
  pages.push({ route: "pages/home", options: { utm_source: "wx" } });
  call("page", "onShow");
  call("page", "onPullDownRefresh", "down");
  expect(call("page", "onShareAppMessage")).toEqual({ title: "t" });
  host.Page({});
  pages.push({ route: "pages/item", options: {} });
  call("page", "onShow");
  expect(registered["page"]).not.toHaveProperty("onShareAppMessage");
  host.Component({});
  pages.push({ route: "pages/cart", options: {} });
  call("component", "onShow");
  qx.track("buy", { amount: 3 });
  vi.advanceTimersByTime(20_000);
  status = 503;
  call("app", "onHide");
  status = 200;
  vi.advanceTimersByTime(60_000);

  expect(own).toEqual({ launched: 1, pulled: ["down"] });
  expect(sent.map((one) => one.event)).toEqual([
    "app_launch", "app_show", "screen_view", "pull_down", "share", "screen_view", "screen_view", "buy", "app_hide",
  ]);
  const [launch, , home, , share, item] = sent;
  expect(launch).toMatchObject({ properties: { scene: 1047, path: "pages/home", from_app: "wx1" }, context: { utm_source: "wx" } });
  expect(home?.context).toMatchObject({ screen: "pages/home", utm_source: "wx", device_model: "P60", language: "zh_CN" });
  expect(share?.properties).toEqual({ to: "chat" });
  expect(item?.context).toMatchObject({ screen: "pages/item", referrer: "pages/home" });
  expect(sent.at(-1)?.properties).toEqual({ seconds: 20 });
  expect([...kept.keys()].filter((name) => name.startsWith("qx_q"))).toEqual([]);

  Object.assign(globalThis, { wx: {} });
  expect(() => qx.track("x")).not.toThrow();
});
