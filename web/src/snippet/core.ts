// What both snippets do alike: who it is, what waits to be sent, and how it is sent so that nothing
// is lost and nothing counts twice.

export type Values = Record<string, unknown>;

/** What a snippet needs of the place it runs in; each may throw. */
export interface Host {
  /** Return what is kept under a name, or null. */
  read(name: string): string | null;
  /** Keep a text under a name; null forgets it. */
  write(name: string, text: string | null): void;
  /** Return the names of all queues that are kept, those of other tabs too. */
  queues(): string[];
  /** Send a body, and tell the status of the answer; 0 if there was none. */
  post(url: string, body: string, done: (status: number) => void): void;
  /** Send a body without waiting for an answer. */
  beacon(url: string, body: string): void;
  /** Return what surrounds an event now. */
  context(): Values;
  /** Say whether the visitor asks every site not to follow them. */
  refuses(): boolean;
}

export interface Options {
  /** The write key. */
  key: string;
  /** Where the intake is, without a path. */
  server: string;
  /** `required`: nothing is kept or sent before `optIn`. */
  consent?: "given" | "required";
  /** Count visitors who send Do Not Track or Global Privacy Control, too. */
  ignoreDoNotTrack?: boolean;
  /** Milliseconds for which messages are gathered. */
  wait?: number;
}

export const QUEUE = "qx_q";
const DEVICE = "qx_id";
const USER = "qx_user";
const SUPER = "qx_super";
const OUT = "qx_out";
const MOST_KEPT = 1000;
const BATCH = 50;
const LETTERS = 20_000; // three bytes each at most: browsers let 64 KB go on leaving
const LONGEST = 60_000;

/** Return a name that nobody else has. */
export function random(): string {
  const words = new Uint32Array(4);
  try {
    crypto.getRandomValues(words);
  } catch {
    for (let place = 0; place < 4; place++) words[place] = Math.random() * 2 ** 32;
  }
  return Array.from(words, (word) => word.toString(36).padStart(7, "0")).join("");
}

/** Return functions that do the same and never throw: the host page must not suffer from us. */
export function guarded<T extends object>(functions: T): T {
  const safe: Values = {};
  for (const [name, one] of Object.entries(functions)) {
    safe[name] = (...words: unknown[]) => {
      try {
        return (one as (...words: unknown[]) => unknown)(...words);
      } catch {
        return undefined;
      }
    };
  }
  return safe as T;
}

/** Return what a kept text stands for; one that somebody else spoilt stands for nothing. */
function parse<T>(text: string | null, nothing: T): T {
  try {
    return ((text && JSON.parse(text)) as T | null) || nothing;
  } catch {
    return nothing;
  }
}

/** Keeps messages until an intake has them. */
export class Tracker {
  private readonly memory: Record<string, string | null> = {};
  private readonly name = `${QUEUE}_${random()}`;
  private readonly url: string;
  private queue: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private fails = 0;
  private most = BATCH;

  constructor(
    private readonly host: Host,
    private readonly options: Options,
  ) {
    this.url = `${options.server.replace(/\/+$/, "")}/v1/events`;
    if (!this.allowed()) return;
    this.adopt();
    if (this.queue.length) this.schedule(0);
  }

  /** Something happened. */
  track(event: string, properties: Values = {}, context: Values = {}): void {
    const always = parse<Values>(this.read(SUPER), {});
    this.add({
      event,
      properties: { ...always, ...properties },
      context: { ...this.host.context(), ...context },
    });
  }

  /** From now on it is this user; fields of theirs may be told, `once` those that are not known yet. */
  identify(user: string | number, set: Values = {}, once: Values = {}): void {
    if (!this.allowed()) return;
    const before = this.read(USER);
    // Two users of one device are two people: the second gets a device of their own.
    if (before !== null && before !== String(user)) this.reset();
    this.write(USER, String(user));
    const told = Object.keys(set).length + Object.keys(once).length > 0;
    this.add(told ? { set, once } : { type: "link" });
  }

  /** Set fields of the person. */
  set(fields: Values, once: Values = {}): void {
    this.add({ set: fields, once });
  }

  /** Another identifier of the same person: `alias("phone", "137…")`. */
  alias(type: string, value: string | number): void {
    this.add({ type: "link" }, { [type]: value });
  }

  /** Forget who it is, as on signing out: what follows is somebody new. */
  reset(): void {
    for (const name of [DEVICE, USER, SUPER]) this.write(name, null);
  }

  /** Properties of every event from now on. */
  register(properties: Values): void {
    if (!this.allowed()) return;
    const before = parse<Values>(this.read(SUPER), {});
    this.write(SUPER, JSON.stringify({ ...before, ...properties }));
  }

  /** Take such a property back. */
  unregister(name: string): void {
    this.register({ [name]: undefined });
  }

  /** Keep nothing and send nothing; what was kept is gone. */
  optOut(): void {
    this.reset();
    this.queue = [];
    for (const name of this.kept()) this.write(name, null);
    this.write(OUT, "1");
  }

  /** Keep and send. */
  optIn(): void {
    this.write(OUT, "0");
  }

  /** Say whether anything may be kept and sent. */
  allowed(): boolean {
    const said = this.read(OUT);
    if (said !== null) return said === "0";
    if (this.options.consent === "required") return false;
    return this.options.ignoreDoNotTrack === true || !this.host.refuses();
  }

  /** Return the anonymous id, made when first asked for. */
  device(): string {
    const before = this.read(DEVICE);
    if (before) return before;
    const made = random();
    this.write(DEVICE, made);
    return made;
  }

  /** Send what waits, now. */
  flush(): void {
    if (this.sending || !this.queue.length || !this.allowed()) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.take(this.queue);
    this.sending = true;
    this.host.post(this.url, this.body(batch), (status) => {
      this.sending = false;
      this.answer(status, batch);
    });
  }

  /** Send what waits while the page goes. It stays kept, and is sent again when nobody saw it arrive. */
  leave(): void {
    if (!this.allowed()) return;
    for (let rest = this.queue; rest.length; ) {
      const batch = this.take(rest);
      this.host.beacon(this.url, this.body(batch));
      rest = rest.slice(batch.length);
    }
  }

  private answer(status: number, batch: string[]): void {
    if (status >= 200 && status < 300) {
      this.fails = 0;
      this.most = BATCH;
      this.drop(batch);
      if (this.queue.length) this.schedule(0);
    } else if (status === 413 || status === 400) {
      // One of them can never be taken: it is found by halves.
      if (batch.length === 1) this.drop(batch);
      this.most = Math.max(1, batch.length >> 1);
      if (this.queue.length) this.schedule(0);
    } else {
      const pause = Math.min(LONGEST, 1000 * 2 ** this.fails++);
      this.schedule(pause * (0.5 + Math.random() / 2));
    }
  }

  private add(said: Values, more: Values = {}): void {
    if (!this.allowed()) return;
    const ids: Values = { device: this.device(), ...more };
    const user = this.read(USER);
    if (user !== null) ids["user_id"] = user;
    // The text is made once: a repeat is the same to the byte, and known as such.
    this.queue.push(JSON.stringify({ id: random(), at: new Date().toISOString(), ids, ...said }));
    if (this.queue.length > MOST_KEPT) this.queue.shift();
    this.keep();
    // After a failure it is tried when its time has come.
    if (!this.fails) {
      if (this.queue.length >= BATCH) this.flush();
      else this.schedule(this.options.wait ?? 500);
    }
  }

  private schedule(pause: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      guarded({ flush: () => this.flush() }).flush();
    }, pause);
  }

  private take(from: string[]): string[] {
    let letters = 0;
    const many = from.slice(0, this.most).findIndex((text) => (letters += text.length) > LETTERS);
    return from.slice(0, many < 0 ? this.most : Math.max(1, many));
  }

  private body(batch: string[]): string {
    const rest = JSON.stringify({ sent_at: new Date().toISOString(), key: this.options.key });
    return `{"events":[${batch.join(",")}],${rest.slice(1)}`;
  }

  private drop(batch: string[]): void {
    const gone = new Set(batch);
    this.queue = this.queue.filter((text) => !gone.has(text));
    this.keep();
  }

  private keep(): void {
    this.write(this.name, this.queue.length ? JSON.stringify(this.queue) : null);
  }

  /** Take over what earlier pages left. If one of them still lives, both send it, and it counts once. */
  private adopt(): void {
    for (const name of this.kept()) {
      const left = parse<unknown>(this.read(name), []);
      if (Array.isArray(left)) this.queue.push(...left.filter((one) => typeof one === "string"));
      this.write(name, null);
    }
    if (this.queue.length) this.keep();
  }

  private kept(): string[] {
    try {
      return this.host.queues();
    } catch {
      return [];
    }
  }

  private read(name: string): string | null {
    if (name in this.memory) return this.memory[name] ?? null;
    try {
      return this.host.read(name);
    } catch {
      return null;
    }
  }

  private write(name: string, text: string | null): void {
    try {
      this.host.write(name, text);
      delete this.memory[name];
    } catch {
      this.memory[name] = text; // kept as long as the page
    }
  }
}
