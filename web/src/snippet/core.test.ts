import { beforeEach, describe, expect, it, vi } from "vitest";
import { Tracker, type Host, type Options, type Values } from "@/snippet/core";

interface Sent {
  events: { id: string; event?: string; type?: string; ids: Values; properties: Values; set?: Values }[];
  key: string;
  sent_at: string;
}

/** A place to run in: what it keeps, what was sent, and how it answers. */
class Place implements Host {
  kept = new Map<string, string>();
  sent: Sent[] = [];
  left: Sent[] = [];
  answers: number[] = [];
  closed = false;
  private = false;

  read(name: string): string | null {
    if (this.closed) throw new Error("closed");
    return this.kept.get(name) ?? null;
  }
  write(name: string, text: string | null): void {
    if (this.closed) throw new Error("closed");
    if (text === null) this.kept.delete(name);
    else this.kept.set(name, text);
  }
  queues(): string[] {
    return [...this.kept.keys()].filter((name) => name.startsWith("qx_q"));
  }
  post(_url: string, body: string, done: (status: number) => void): void {
    this.sent.push(JSON.parse(body) as Sent);
    done(this.answers.shift() ?? 200);
  }
  beacon(_url: string, body: string): void {
    this.left.push(JSON.parse(body) as Sent);
  }
  context(): Values {
    return {};
  }
  refuses(): boolean {
    return this.private;
  }
  names(): (string | undefined)[][] {
    return this.sent.map((one) => one.events.map((event) => event.event));
  }
}

const options: Options = { key: "k", server: "https://in.example/" };
let place: Place;
const start = (more: Partial<Options> = {}): Tracker => new Tracker(place, { ...options, ...more });

beforeEach(() => {
  vi.useFakeTimers();
  place = new Place();
});

describe("what is sent", () => {
  it("gathers messages for a moment and sends them together", () => {
    const tracker = start();
    tracker.track("a");
    tracker.track("b");
    expect(place.sent).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(place.names()).toEqual([["a", "b"]]);
    expect(place.sent[0]?.key).toBe("k");
    expect(place.queues()).toEqual([]);
  });

  it("sends the same message again after a failure, each time later", () => {
    const tracker = start();
    place.answers = [0, 503, 429];
    tracker.track("a");
    vi.advanceTimersByTime(60_000);
    expect(place.names()).toEqual([["a"], ["a"], ["a"], ["a"]]);
    expect(new Set(place.sent.map((one) => JSON.stringify(one.events)))).toHaveProperty("size", 1);
  });

  it("finds the message that cannot be taken, and lets it go alone", () => {
    const tracker = start();
    for (let n = 0; n < 8; n++) tracker.track(`e${n}`, { long: n === 5 });
    place.post = (_url, body, done) => {
      const said = JSON.parse(body) as Sent;
      const bad = said.events.some((event) => event.properties["long"] === true);
      if (!bad) place.sent.push(said);
      done(bad ? 413 : 200);
    };
    vi.advanceTimersByTime(5_000);
    expect(place.names().flat().sort()).toEqual(["e0", "e1", "e2", "e3", "e4", "e6", "e7"]);
    expect(place.queues()).toEqual([]);
  });

  it("bounds a request, and what waits", () => {
    place.answers = Array.from({ length: 99 }, () => 0);
    const tracker = start();
    for (let n = 0; n < 1_100; n++) tracker.track("e", { n });
    place.answers = [];
    place.sent = [];
    vi.advanceTimersByTime(120_000);
    const sent = place.sent.flatMap((one) => one.events);
    expect(Math.max(...place.sent.map((one) => one.events.length))).toBe(50);
    expect(new Set(sent.map((one) => one.properties["n"])).size).toBe(1000);
    expect(sent[0]?.properties["n"]).toBe(100);
  });
});

describe("what is kept", () => {
  it("outlives the page, and goes out under the same id", () => {
    place.answers = [0];
    start().track("a");
    vi.advanceTimersByTime(500);
    const [before] = place.sent;
    vi.clearAllTimers();
    place.sent = [];
    start();
    vi.advanceTimersByTime(1);
    expect(place.sent.map((one) => one.events)).toEqual([before?.events]);
    expect(place.queues()).toEqual([]);
  });

  it("goes in requests that may go on leaving, and is forgotten only once it arrived", () => {
    const tracker = start();
    for (let n = 0; n < 30; n++) tracker.track("e", { text: "群".repeat(1_000) });
    tracker.leave();
    expect(place.left.flatMap((one) => one.events)).toHaveLength(30);
    for (const one of place.left) {
      expect(new TextEncoder().encode(JSON.stringify(one)).length).toBeLessThan(64_000);
    }
    expect(place.queues()).toHaveLength(1);
  });

  it("works for as long as the page where nothing can be kept, or what was kept is spoilt", () => {
    place.kept.set("qx_q_x", "{").set("qx_super", "[");
    start().track("a");
    place.closed = true;
    const tracker = start();
    tracker.identify("u1");
    tracker.track("b");
    vi.advanceTimersByTime(500);
    const [first, second] = place.sent.at(-1)?.events ?? [];
    expect(second?.ids).toEqual({ device: first?.ids["device"], user_id: "u1" });
  });
});

describe("who it is", () => {
  it("is the same device, and the user once named", () => {
    const tracker = start();
    tracker.track("a");
    tracker.identify("u1", { city: "上海" });
    tracker.alias("phone", "13712340001");
    start().track("b");
    vi.advanceTimersByTime(500);
    const [a, told, link, b] = place.sent.flatMap((one) => one.events);
    const device = a?.ids["device"];
    expect(a?.ids).toEqual({ device });
    expect(told).toMatchObject({ ids: { device, user_id: "u1" }, set: { city: "上海" } });
    expect(link).toMatchObject({ type: "link", ids: { device, user_id: "u1", phone: "13712340001" } });
    expect(b?.ids).toEqual({ device, user_id: "u1" });
  });

  it("is somebody new after a reset, and when another user signs in", () => {
    const tracker = start();
    tracker.identify("u1");
    tracker.identify("u2");
    tracker.reset();
    tracker.track("a");
    vi.advanceTimersByTime(500);
    const [one, two, nobody] = (place.sent[0]?.events ?? []).map((event) => event.ids);
    expect(new Set([one?.["device"], two?.["device"], nobody?.["device"]]).size).toBe(3);
    expect(nobody).not.toHaveProperty("user_id");
  });

  it("has properties of every event until they are taken back", () => {
    const tracker = start();
    tracker.register({ shop: "s1", plan: "x" });
    tracker.unregister("plan");
    tracker.track("a", { n: 1 });
    vi.advanceTimersByTime(500);
    expect(place.sent[0]?.events[0]?.properties).toEqual({ shop: "s1", n: 1 });
  });
});

describe("who does not want to be counted", () => {
  it("is not, and nothing of them stays", () => {
    const tracker = start();
    tracker.track("a");
    tracker.optOut();
    tracker.track("b");
    tracker.identify("u1");
    vi.advanceTimersByTime(5_000);
    expect(place.sent).toEqual([]);
    expect([...place.kept]).toEqual([["qx_out", "1"]]);
    tracker.optIn();
    tracker.track("c");
    vi.advanceTimersByTime(500);
    expect(place.names()).toEqual([["c"]]);
  });

  it("is asked first where consent is required", () => {
    const tracker = start({ consent: "required" });
    tracker.track("a");
    expect(place.kept.size).toBe(0);
    tracker.optIn();
    tracker.track("b");
    vi.advanceTimersByTime(500);
    expect(place.names()).toEqual([["b"]]);
  });

  it("may say so to every site", () => {
    place.private = true;
    start().track("a");
    start({ ignoreDoNotTrack: true }).track("b");
    vi.advanceTimersByTime(500);
    expect(place.names()).toEqual([["b"]]);
  });
});
