"""Let the Node clients of Segment, PostHog and Sensors Analytics speak to a real intake.

    python scripts/try_node_clients.py

npm must be on the path; it fetches the clients into `build/node-clients`. Each client says the same
of one person; what became of it is compared with what was said. Not part of the tests, since it
needs a registry.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from qunxiang.app import House, Refresh, SetAside
from qunxiang.governance import WriteKeyWish

_FOLDER = Path(__file__).parents[1] / "build" / "node-clients"
_CLIENTS = ("@segment/analytics-node", "posthog-node", "sa-sdk-node")
_PROGRAM = r"""
const { Analytics } = require("@segment/analytics-node");
const { PostHog } = require("posthog-node");
const SensorsAnalytics = require("sa-sdk-node");
const [intake, key] = process.argv.slice(2);

async function segment() {
  const client = new Analytics({ writeKey: key, host: `${intake}/segment`, path: "/v1/batch", flushAt: 3 });
  client.identify({ userId: "seg-1", traits: { city: "上海", points: 10 } });
  client.track({ userId: "seg-1", event: "spoke", properties: { client: "segment", number: 1 } });
  client.track({ anonymousId: "seg-anon", event: "spoke", properties: { client: "segment", number: 2 } });
  client.page({ userId: "seg-1", name: "home", properties: { url: "https://shop.example/" } });
  client.alias({ userId: "seg-1", previousId: "seg-anon" });
  await client.closeAndFlush();
}

async function posthog() {
  const client = new PostHog(key, { host: `${intake}/posthog`, flushAt: 2 });
  client.identify({ distinctId: "ph-1", properties: { city: "上海", points: 10 } });
  client.capture({ distinctId: "ph-1", event: "spoke", properties: { client: "posthog", number: 1 } });
  client.capture({ distinctId: "ph-1", event: "spoke", properties: { client: "posthog", number: 2, $set: { points: 11 } } });
  client.alias({ distinctId: "ph-1", alias: "ph-other" });
  await client.shutdown();
}

async function sensors() {
  const client = new SensorsAnalytics();
  client.submitTo({ url: `${intake}/sensors/sa?project=default&token=${key}`, gzip: true }, { count: 3, timeSpan: 200 });
  client.profileSet("sa-1", { city: "上海", points: 10, interests: ["tea"] });
  client.track("sa-1", "spoke", { client: "sensors", number: 1 });
  client.track("sa-1", "spoke", { client: "sensors", number: 2 });
  client.profileIncrement("sa-1", { points: 5 });
  client.profileAppend("sa-1", { interests: ["riding"] });
  client.profileUnset("sa-1", ["city"]);
  client.itemSet("product", "s1", { price: 3 });
  await new Promise((done) => setTimeout(done, 2000));
}

Promise.all([segment(), posthog(), sensors()]).then(() => process.exit(0));
"""
_TOLD: dict[str, Any] = {
    "seg-1": {"city": "上海市", "points": 10},
    "ph-1": {"city": "上海市", "points": 11},
    "sa-1": {"points": 15, "interests": ["tea", "riding"]},
}


def main() -> int:
    """Fetch the clients, let them speak, and compare; return 1 if anything is missing."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not on the path")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    words = ("install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
    subprocess.run([npm, *words, "--prefix", _FOLDER, *_CLIENTS], check=True, capture_output=True)  # noqa: S603 our own command
    (_FOLDER / "speak.cjs").write_text(_PROGRAM, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        with House(workspace) as house:
            key = house.write_keys.create(WriteKeyWish("node", "node"), author="node")
        _speak(workspace, key)
        with House(workspace) as house:
            Refresh(house).run()
            wrong = _compare(house)
    told = "\n".join(f"✗ {line}" for line in wrong) or "as said"
    sys.stdout.write(f"{told}\n")
    return 1 if wrong else 0


def _speak(workspace: Path, key: str) -> None:
    command = [sys.executable, "-m", "qunxiang", "-w", str(workspace), "intake", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as intake:  # noqa: S603 our own command
        try:
            assert intake.stdout is not None
            address = intake.stdout.readline().strip().rstrip("/")
            node = ["node", str(_FOLDER / "speak.cjs"), address, key]
            subprocess.run(node, check=True, timeout=120)  # noqa: S603
        finally:
            intake.terminate()


def _compare(house: House) -> list[str]:
    wrong: list[str] = []
    spoken = house.warehouse.read("event_spoke", ["client", "number"]).to_pylist()
    found = Counter((one["client"], one["number"]) for one in spoken)
    wanted = Counter((c, float(n)) for c in ("segment", "posthog", "sensors") for n in (1, 2))
    if found != wanted:
        wrong.append(f"events: {dict(found)}")
    columns = {n: house.people.column(n) for n in ("city", "points", "interests")}
    for name, told in _TOLD.items():
        number = house.identity.find(name)
        shown = {n: c.arrow()[number].as_py() for n, c in columns.items() if c is not None}
        shown = {n: v for n, v in shown.items() if v not in (None, [])}
        if shown != told:
            wrong.append(f"{name}: {shown}")
    for one, other in (("seg-1", "seg-anon"), ("ph-1", "ph-other")):
        if house.identity.find(one) != house.identity.find(other):
            wrong.append(f"{one} is not {other}")
    if [item.id for item in house.cleaning.items("product")] != ["s1"]:
        wrong.append("items")
    for day in house.sources.all():
        groups = SetAside(house).groups(day.number)
        wrong += [f"set aside: {group.code} {group.count}" for group in groups]
    return wrong


if __name__ == "__main__":
    sys.exit(main())
