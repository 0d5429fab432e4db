// The way to the server: typed by the OpenAPI file, with the session's word on every change.
import createClient, { type Middleware } from "openapi-fetch";
import { Problem, UNREACHABLE, problemOf } from "./problems";
import type { components, paths } from "./schema";
import { type Lang, words } from "@/ui/words";

export type Schemas = components["schemas"];

const WORDS = words({
  zh: { gone: "连不上服务器", goneHow: "恢复后会自动重试,你输入的内容还在。" },
  en: { gone: "The server does not answer", goneHow: "It is tried again by itself; what you have typed is kept." },
});

/** What every request says of whoever is looking; set once signed in, and when the language changes. */
const wearer: { name: string; csrf: string; lang: Lang } = { name: "", csrf: "", lang: "zh" };

/** Says who asks from now on, and with which word for changes. */
export const carry = (name: string, csrf: string): void => void Object.assign(wearer, { name, csrf });

/** Says in which language answers are wanted from now on. */
export const speak = (lang: Lang): void => void (wearer.lang = lang);

type Watcher = (problem: Problem) => void;
const watchers = new Set<Watcher>();

/** Calls back on every refusal, so that the shell can ask to sign in again or say that nobody answers. */
export function onProblem(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Tells the shell of a problem, and returns it. */
function told(problem: Problem): Problem {
  for (const watcher of watchers) watcher(problem);
  return problem;
}

function refuse(problem: Problem): never {
  throw told(problem);
}

/** Returns the headers a request made by hand needs. */
export function headers(): Record<string, string> {
  return { "Accept-Language": wearer.lang, "X-CSRF": wearer.csrf };
}

/** Nobody answered. */
function gone(): Problem {
  return told(new Problem(0, UNREACHABLE, WORDS[wearer.lang].gone, WORDS[wearer.lang].goneHow));
}

/** Learns the word of the session anew, where the same person signed in again in another tab. */
async function renew(): Promise<boolean> {
  const answer = await fetch("/v1/session", { credentials: "same-origin" });
  const session = answer.ok ? ((await answer.json()) as Schemas["SessionAnswer"]) : null;
  if (session?.name !== wearer.name) return false;
  wearer.csrf = session.csrf;
  return true;
}

/** Sends a request, and once more if only the word it carried was an old one. */
async function ask(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 403) return response;
  const refused = problemOf(403, await response.clone().json().catch(() => undefined));
  if (refused.code !== "governance.csrf" || !(await renew())) return response;
  again.headers.set("X-CSRF", wearer.csrf);
  return fetch(again);
}

const say: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) refuse(problemOf(response.status, await response.clone().json().catch(() => undefined)));
    return response;
  },
  onError({ error }) {
    if (error instanceof Problem) return error;
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return gone();
  },
};

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin", fetch: ask });
api.use(say);

/** Returns what a request answers; a refusal is thrown as a Problem. */
export async function got<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (error !== undefined) throw problemOf(response.status, error);
  return data as T;
}

/** Returns what a request answers, with the version that its header `ETag` tells. */
export async function gotVersion<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<{ body: T; version: number }> {
  const answer = await asked;
  return { body: await got(Promise.resolve(answer)), version: Number(answer.response.headers.get("etag")?.replace(/\D/g, "") ?? 0) };
}

/** Returns the headers that let a definition be saved only in place of a version; null: only where there is none. */
export const inPlaceOf = (version: number | null): { "if-match"?: string; "if-none-match"?: string } => (version === null ? { "if-none-match": "*" } : { "if-match": `"${version}"` });

/** Sends a form with a file, telling how much has gone out; openapi-fetch cannot tell that. */
export function send<T>(path: string, form: FormData, onSent: (share: number) => void, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
    request.onerror = () => reject(gone());
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status < 400) resolve(body as T);
      else reject(told(problemOf(request.status, body)));
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Downloads what a request answers under the name the server gives it. */
export async function download(path: string, init: { method?: string; body?: unknown } = {}): Promise<void> {
  const request = new Request(path, {
    method: init.method ?? "GET",
    credentials: "same-origin",
    headers: { ...headers(), "Content-Type": "application/json" },
    body: init.body === undefined ? undefined : JSON.stringify(init.body),
  });
  const response = await ask(request).catch(() => Promise.reject(gone()));
  if (!response.ok) refuse(problemOf(response.status, await response.json().catch(() => undefined)));
  const named = /filename\*?=(?:UTF-8'')?"?([^";]+)"?/.exec(response.headers.get("content-disposition") ?? "");
  saveAs(await response.blob(), named?.[1] ? decodeURIComponent(named[1]) : "download");
}

/** Gives a blob to the reader as a file. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
