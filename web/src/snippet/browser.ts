// The snippet for web pages: page views, also of pages that only swap their address, and what the
// page tells. `qx("track", "purchase", {…})` works before this has loaded and after.
import { guarded, QUEUE, Tracker, type Host, type Options, type Values } from "@/snippet/core";

export interface BrowserOptions extends Options {
  /** Count a view for each address; without it only `qx("page")` does. */
  pages?: boolean;
  /** The domain of the cookie that keeps the anonymous id where localStorage cannot. */
  cookieDomain?: string;
}

type Said = ArrayLike<unknown>;
interface Stub {
  (...words: unknown[]): void;
  q?: Said[];
  loaded?: boolean;
}

const VERSION = "1";
const YEARS = 63_072_000; // two, in seconds
const UTM = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];

/** Return the address of a view: what stands behind # counts if it is a path. */
function address(): string {
  const { href, hash } = location;
  return /^#[/!]/.test(hash) ? href : href.slice(0, href.length - hash.length);
}

/** Keeps in localStorage, or in a cookie where that is closed. */
class Page implements Host {
  referrer = document.referrer;

  constructor(private readonly domain: string | undefined) {}

  read(name: string): string | null {
    try {
      return localStorage.getItem(name);
    } catch {
      const found = new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie);
      return found ? decodeURIComponent(found[1] ?? "") : null;
    }
  }

  write(name: string, text: string | null): void {
    try {
      if (text === null) localStorage.removeItem(name);
      else localStorage.setItem(name, text);
    } catch (failure) {
      if (name.startsWith(QUEUE)) throw failure; // too long for a cookie
      const domain = this.domain ? `; domain=${this.domain}` : "";
      const age = text === null ? 0 : YEARS;
      const value = encodeURIComponent(text ?? "");
      document.cookie = `${name}=${value}; path=/; max-age=${age}; SameSite=Lax${domain}`;
    }
  }

  queues(): string[] {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(QUEUE));
    } catch {
      return [];
    }
  }

  post(url: string, body: string, done: (status: number) => void): void {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.timeout = 30_000;
    // As plain text it needs no question beforehand.
    request.setRequestHeader("Content-Type", "text/plain");
    request.onloadend = () => done(request.status);
    request.send(body);
  }

  beacon(url: string, body: string): void {
    navigator.sendBeacon(url, body);
  }

  refuses(): boolean {
    const said = navigator as Navigator & { globalPrivacyControl?: boolean };
    return said.doNotTrack === "1" || said.globalPrivacyControl === true;
  }

  context(): Values {
    const asked = new URLSearchParams(location.search);
    const found: Values = {
      page_url: location.href,
      page_path: location.pathname,
      page_title: document.title,
      referrer: this.referrer,
      language: navigator.language,
      library: "qx-web",
      library_version: VERSION,
    };
    for (const name of UTM) {
      const value = asked.get(name);
      if (value) found[name] = value;
    }
    return found;
  }
}

/** Tell of every change of the page's address by its scripts. */
function watch(changed: () => void): void {
  for (const name of ["pushState", "replaceState"] as const) {
    const own = history[name].bind(history);
    history[name] = (...words) => {
      own(...words);
      changed();
    };
  }
  addEventListener("popstate", changed);
  addEventListener("hashchange", changed);
}

/** Begin, and return what a page may ask for. */
export function begin(options: BrowserOptions) {
  const page = new Page(options.cookieDomain);
  const tracker = new Tracker(page, options);
  const counts = options.pages !== false;
  let last = "";
  const view = (properties: Values = {}): void => {
    if (!tracker.allowed()) return;
    if (last) page.referrer = last;
    last = address();
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const size = `${screen.width}x${screen.height}`;
    tracker.track("page_view", { screen_size: size, time_zone: timeZone, ...properties });
  };
  const api = guarded({
    track: (event: string, properties?: Values) => tracker.track(event, properties),
    page: view,
    identify: (user: string | number, set?: Values, once?: Values) => tracker.identify(user, set, once),
    set: (fields: Values, once?: Values) => tracker.set(fields, once),
    alias: (type: string, value: string | number) => tracker.alias(type, value),
    reset: () => tracker.reset(),
    register: (properties: Values) => tracker.register(properties),
    unregister: (name: string) => tracker.unregister(name),
    optOut: () => tracker.optOut(),
    optIn: () => {
      tracker.optIn();
      moved();
    },
    flush: () => tracker.flush(),
    device: () => (tracker.allowed() ? tracker.device() : undefined),
  });
  const moved = (): void => {
    if (counts && address() !== last) api.page();
  };
  const { leave } = guarded({ leave: () => tracker.leave() });
  if (counts) {
    // What was said before, as properties of every event, holds for the first view.
    void Promise.resolve().then(moved);
    // The title follows the address.
    watch(() => setTimeout(moved));
  }
  addEventListener("online", () => api.flush());
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  addEventListener("pageshow", (event) => {
    if (event.persisted && counts) api.page(); // the same page, seen again
  });
  return api;
}

/** Answer `qx(name, …)`: what was said before this had loaded, then what is said from now on. */
export function install(host: Window & { qx?: Stub }, script: HTMLScriptElement | null): void {
  const before = host.qx;
  if (before?.loaded) return;
  let api: ReturnType<typeof begin> | undefined;
  // Who loads the script from the intake need not name it again.
  const server = (said: unknown): string =>
    (said as Partial<BrowserOptions>).server ?? new URL(script?.src ?? location.href).origin;
  const { hear } = guarded({
    hear: (said: Said) => {
      const [name, ...words] = Array.from(said);
      if (name === "init") api ??= begin({ ...(words[0] as BrowserOptions), server: server(words[0]) });
      else if (api) (api as unknown as Record<string, (...words: unknown[]) => void>)[String(name)]?.(...words);
    },
  });
  const own: Stub = (...said) => hear(said);
  own.loaded = true;
  host.qx = own;
  const key = script?.dataset["key"];
  if (key) hear(["init", { key }]);
  for (const said of before?.q ?? []) hear(said);
}
