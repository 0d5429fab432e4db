// The snippet for WeChat mini-programs: launches, pages, shares and pulls by wrapping what the app
// registers, and what the app tells.
import { guarded, QUEUE, Tracker, type Host, type Options, type Values } from "@/snippet/core";

type Handler = (this: Values, ...words: unknown[]) => unknown;
type Definition = Record<string, unknown>;
type Register = (definition: Definition) => unknown;

interface Shown {
  scene?: number;
  path?: string;
  query?: Record<string, string>;
  referrerInfo?: { appId?: string };
}

interface Wx {
  getStorageSync(name: string): unknown;
  setStorageSync(name: string, text: string): void;
  removeStorageSync(name: string): void;
  getStorageInfoSync(): { keys: string[] };
  getSystemInfoSync(): Values;
  onNetworkStatusChange?(changed: (state: { isConnected: boolean }) => void): void;
  request(asked: {
    url: string;
    method: string;
    data: string;
    header: Record<string, string>;
    success: (answer: { statusCode: number }) => void;
    fail: () => void;
  }): void;
}

declare const wx: Wx;
declare let App: Register;
declare let Page: Register;
declare let Component: Register;
declare function getCurrentPages(): { route?: string; options?: Record<string, string> }[];

const VERSION = "1";
const UTM = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];

function campaign(query: Record<string, string> | undefined): Values {
  const named = UTM.filter((name) => query?.[name]);
  return Object.fromEntries(named.map((name) => [name, query?.[name]]));
}

/** Keeps in the mini-program's storage and sends by its requests. */
class Mini implements Host {
  private device: Values | undefined;
  referrer = "";

  read(name: string): string | null {
    const kept = wx.getStorageSync(name);
    return typeof kept === "string" && kept ? kept : null;
  }

  write(name: string, text: string | null): void {
    if (text === null) wx.removeStorageSync(name);
    else wx.setStorageSync(name, text);
  }

  queues(): string[] {
    return wx.getStorageInfoSync().keys.filter((name) => name.startsWith(QUEUE));
  }

  post(url: string, body: string, done: (status: number) => void): void {
    wx.request({
      url,
      method: "POST",
      data: body,
      header: { "content-type": "text/plain" },
      success: (answer) => done(answer.statusCode),
      fail: () => done(0),
    });
  }

  beacon(url: string, body: string): void {
    this.post(url, body, () => undefined); // requests go on for a while in the background
  }

  refuses(): boolean {
    return false;
  }

  context(): Values {
    const pages = getCurrentPages();
    const top = pages[pages.length - 1];
    this.device ??= wx.getSystemInfoSync();
    return {
      ...(top?.route ? { page_path: top.route, screen: top.route } : {}),
      ...(this.referrer ? { referrer: this.referrer } : {}),
      ...campaign(top?.options),
      os: this.device["platform"],
      os_version: this.device["system"],
      device_brand: this.device["brand"],
      device_model: this.device["model"],
      language: this.device["language"],
      library: "qx-wx",
      library_version: VERSION,
    };
  }
}

/** Act before a handler of the app; one that is not there is made unless it would show something. */
function before(definition: Definition, name: string, act: Handler, make = true): void {
  const own = definition[name] as Handler | undefined;
  if (!own && !make) return;
  definition[name] = function (this: Values, ...words: unknown[]) {
    try {
      act.apply(this, words);
    } catch {
      // The app must not suffer from us.
    }
    return own?.apply(this, words);
  };
}

/** Have what the app registers tell of itself. */
function wrap(tracker: Tracker, host: Mini): void {
  const [app, page, component] = [App, Page, Component];
  let last = "";
  let since = 0;
  const shown = (said: Shown | undefined): [Values, Values] => [
    { scene: said?.scene, path: said?.path, from_app: said?.referrerInfo?.appId },
    campaign(said?.query),
  ];
  const watch = (definition: Definition): void => {
    before(definition, "onShow", () => {
      const pages = getCurrentPages();
      const route = pages[pages.length - 1]?.route ?? "";
      if (last && last !== route) host.referrer = last;
      last = route;
      tracker.track("screen_view");
    });
    // A page that has no such handler cannot be shared or pulled: it must not get one.
    before(definition, "onShareAppMessage", () => tracker.track("share", { to: "chat" }), false);
    before(definition, "onShareTimeline", () => tracker.track("share", { to: "moments" }), false);
    before(definition, "onPullDownRefresh", () => tracker.track("pull_down"), false);
  };
  App = (definition) => {
    before(definition, "onLaunch", (said) => tracker.track("app_launch", ...shown(said as Shown)));
    before(definition, "onShow", (said) => {
      since = Date.now();
      tracker.track("app_show", ...shown(said as Shown));
    });
    before(definition, "onHide", () => {
      tracker.track("app_hide", { seconds: Math.round((Date.now() - since) / 1000) });
      tracker.flush();
    });
    return app(definition);
  };
  Page = (definition) => {
    watch(definition);
    return page(definition);
  };
  Component = (definition) => {
    // Of components only pages have these called.
    watch((definition["methods"] ??= {}) as Definition);
    return component(definition);
  };
}

let tracker: Tracker | undefined;

/** Begin; to be called before `App(…)`. */
function init(options: Options): void {
  if (tracker) return;
  const host = new Mini();
  tracker = new Tracker(host, options);
  wrap(tracker, host);
  wx.onNetworkStatusChange?.((state) => state.isConnected && flush());
}

export const {
  init: start, track, identify, set, alias, reset, register, unregister, optOut, optIn, flush, device,
} = guarded({
  init,
  track: (event: string, properties?: Values) => tracker?.track(event, properties),
  identify: (user: string | number, fields?: Values, once?: Values) => tracker?.identify(user, fields, once),
  set: (fields: Values, once?: Values) => tracker?.set(fields, once),
  alias: (type: string, value: string | number) => tracker?.alias(type, value),
  reset: () => tracker?.reset(),
  register: (properties: Values) => tracker?.register(properties),
  unregister: (name: string) => tracker?.unregister(name),
  optOut: () => tracker?.optOut(),
  optIn: () => tracker?.optIn(),
  flush: () => tracker?.flush(),
  device: () => (tracker?.allowed() ? tracker.device() : undefined),
});
