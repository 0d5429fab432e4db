// Code to copy, for each client that the intake understands, with its address and a key in place.

export interface Piece {
  title: string;
  code: string;
}

export interface Client {
  id: string;
  title: string;
  pieces: (at: Target) => Piece[];
}

export interface Target {
  /** The address of the intake, without a slash at its end. */
  base: string;
  /** A write key, or what stands for one. */
  key: string;
}

const bare = (base: string): string => base.replace(/^https?:\/\//, "");

/** Clients of our own: HTTP, and the two scripts that the intake serves (`/qx.js`, `/qx-wx.js`). */
const OWN: Client[] = [
  {
    id: "http",
    title: "HTTP",
    pieces: ({ base, key }) => [
      {
        title: "curl",
        code: `curl '${base}/v1/events?verbose=1' \\
  -H 'X-Write-Key: ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '{"event": "page_view", "id": "first-1", "ids": {"user_id": "u1"}, "properties": {"page": "home"}}'`,
      },
      {
        title: "Python",
        code: `import json
import urllib.request

event = {"event": "purchase", "id": "order-1001", "ids": {"user_id": "u1"}, "properties": {"amount": 40}}
request = urllib.request.Request(
    "${base}/v1/events",
    json.dumps(event).encode(),
    {"X-Write-Key": "${key}", "Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read().decode())`,
      },
    ],
  },
  {
    id: "qx",
    title: "qx.js",
    pieces: ({ base, key }) => [
      {
        title: "HTML",
        code: `<script async src="${base}/qx.js" data-key="${key}"></script>
<script>
  window.qx = window.qx || function () { (qx.q = qx.q || []).push(arguments) };
  qx("identify", "u1");
  qx("track", "purchase", { order_id: "1001", amount: 40 });
</script>`,
      },
    ],
  },
  {
    id: "qx-wx",
    title: "qx-wx.js",
    pieces: ({ base, key }) => [
      {
        title: "app.js",
        code: `// ${base}/qx-wx.js
const qx = require("./qx-wx.js");
qx.init({ key: "${key}", server: "${base}" });

App({
  onLaunch() {
    qx.identify("u1");
    qx.track("purchase", { order_id: "1001", amount: 40 });
  },
});`,
      },
    ],
  },
];

const OTHERS: Client[] = [
  {
    id: "sensors",
    title: "Sensors Analytics",
    pieces: ({ base, key }) => {
      const url = `${base}/sensors/sa?project=default&token=${key}`;
      return [
        {
          title: "Web JS SDK",
          code: `sensors.init({
  server_url: "${url}",
  is_track_single_page: true,
  use_client_time: true,
  send_type: "beacon",
});
sensors.quick("autoTrack");`,
        },
        {
          title: "Python SDK",
          code: `import sensorsanalytics

consumer = sensorsanalytics.BatchConsumer("${url}")
sa = sensorsanalytics.SensorsAnalytics(consumer)
sa.track("u1", "purchase", {"amount": 40}, is_login_id=True)
sa.close()`,
        },
        {
          title: "WeChat mini-program SDK",
          code: `import sensors from "./sensorsdata.min.js";

sensors.setPara({
  server_url: "${url}",
  autoTrack: { appLaunch: true, appShow: true, appHide: true, pageShow: true },
});
sensors.init();`,
        },
      ];
    },
  },
  {
    id: "segment",
    title: "Segment",
    pieces: ({ base, key }) => [
      {
        title: "analytics.js (npm @segment/analytics-next)",
        code: `import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load(
  { writeKey: "${key}", cdnURL: "${base}/segment" },
  { integrations: { "Segment.io": { apiHost: "${bare(base)}/segment/v1", protocol: "${base.split(":")[0]}" } } },
);
analytics.track("purchase", { amount: 40 });`,
      },
      {
        title: "Python",
        code: `from segment.analytics import Client

client = Client("${key}", host="${base}/segment")
client.track("u1", "purchase", {"amount": 40})
client.flush()`,
      },
    ],
  },
  {
    id: "rudderstack",
    title: "RudderStack",
    pieces: ({ base, key }) => [
      {
        title: "JavaScript SDK",
        code: `import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

const rudder = new RudderAnalytics();
rudder.load("${key}", "${base}/rudderstack", { configUrl: "${base}/rudderstack" });
rudder.track("purchase", { amount: 40 });`,
      },
    ],
  },
  {
    id: "posthog",
    title: "PostHog",
    pieces: ({ base, key }) => [
      {
        title: "posthog-js",
        code: `import posthog from "posthog-js";

posthog.init("${key}", { api_host: "${base}/posthog" });
posthog.capture("purchase", { amount: 40 });`,
      },
      {
        title: "Python",
        code: `from posthog import Posthog

posthog = Posthog("${key}", host="${base}/posthog")
posthog.capture("purchase", distinct_id="u1", properties={"amount": 40})
posthog.flush()`,
      },
    ],
  },
  {
    id: "ga4",
    title: "GA4",
    pieces: ({ base, key }) => [
      {
        title: "Measurement Protocol",
        code: `curl '${base}/ga4/mp/collect?measurement_id=G-XXXXXXX&api_secret=${key}' \\
  -d '{"client_id": "c1", "user_id": "u1", "events": [{"name": "purchase", "params": {"value": 40, "currency": "CNY"}}]}'`,
      },
      {
        title: "gtag.js (alias G-XXXXXXX)",
        code: `gtag("config", "G-XXXXXXX", { server_container_url: "${base}/ga4" });`,
      },
    ],
  },
  {
    id: "snowplow",
    title: "Snowplow",
    pieces: ({ base, key }) => [
      {
        title: "JavaScript (npm @snowplow/browser-tracker)",
        code: `import { newTracker, trackPageView } from "@snowplow/browser-tracker";

newTracker("sp", "${base}/snowplow", { appId: "${key}" });
trackPageView();`,
      },
      {
        title: "Python",
        code: `from snowplow_tracker import Emitter, StructuredEvent, Tracker

tracker = Tracker("sp", Emitter("${base}/snowplow"), app_id="${key}")
tracker.track(StructuredEvent(category="shop", action="purchase"))
tracker.flush()`,
      },
    ],
  },
  {
    id: "mixpanel",
    title: "Mixpanel",
    pieces: ({ base, key }) => [
      {
        title: "mixpanel-browser",
        code: `import mixpanel from "mixpanel-browser";

mixpanel.init("${key}", { api_host: "${base}/mixpanel" });
mixpanel.track("purchase", { amount: 40 });`,
      },
      {
        title: "Python",
        code: `from mixpanel import Consumer, Mixpanel

at = "${base}/mixpanel"
consumer = Consumer(events_url=f"{at}/track", people_url=f"{at}/engage", groups_url=f"{at}/groups", import_url=f"{at}/import")
Mixpanel("${key}", consumer).track("u1", "purchase", {"amount": 40})`,
      },
    ],
  },
  {
    id: "amplitude",
    title: "Amplitude",
    pieces: ({ base, key }) => [
      {
        title: "@amplitude/analytics-browser",
        code: `import * as amplitude from "@amplitude/analytics-browser";

amplitude.init("${key}", { serverUrl: "${base}/amplitude/2/httpapi" });
amplitude.track("purchase", { amount: 40 });`,
      },
      {
        title: "Python",
        code: `from amplitude import Amplitude, BaseEvent, Config

client = Amplitude("${key}", Config(server_url="${base}/amplitude/2/httpapi"))
client.track(BaseEvent("purchase", user_id="u1", event_properties={"amount": 40}))
client.flush()`,
      },
    ],
  },
  {
    id: "jitsu",
    title: "Jitsu",
    pieces: ({ base, key }) => [
      {
        title: "@jitsu/js",
        code: `import { jitsuAnalytics } from "@jitsu/js";

const jitsu = jitsuAnalytics({ host: "${base}/jitsu", writeKey: "${key}:x" });
jitsu.track("purchase", { amount: 40 });`,
      },
    ],
  },
  {
    id: "customerio",
    title: "Customer.io",
    pieces: ({ base, key }) => [
      {
        title: "Track API v1",
        code: `curl '${base}/customerio/api/v1/customers/u1/events' \\
  -u '${key}:x' \\
  -H 'Content-Type: application/json' \\
  -d '{"name": "purchase", "data": {"amount": 40}}'`,
      },
    ],
  },
];

export const CLIENTS: Client[] = [...OWN, ...OTHERS];
