#!/usr/bin/env python3
"""Proves that the formats of the log have not changed: a history that an earlier release wrote still holds.

Each folder of fixtures has the log, the keys (made for it alone), checkpoints, a proof and the commands
of one release, and there is one for each version of the rules. Both verifiers accept them, the service
continues that history, and says once where newer rules begin; repeated commands get their old answers, and
the read models whose version is the same have the same digests. Where the rules are those of today, the same
commands give the same lines. Of those lines only what differs between two runs of one release is left out:
times, ids that Redress makes up, and ciphertext.

REDRESS_RECORD=FOLDER writes the rest of such a fixture beside its commands.ndjson, with the programs of
REDRESS_PROGRAMS instead.
"""

import json
import os
import pathlib
import re
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
from proof import check, same

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
VERIFY_LOG = proof.ROOT / "tools" / "verify-log"
# The imported tenant, all of whose times are given, and the one whose process managers are at work.
IMPORTED, LIVE = "acme", "beta"
PROOF_POSITION = 40
SIMULATED = ["--simulate", "decline=s2", "--simulate", "timeout=s3"]
QUIET_SECONDS = 2


class Fixture:
    """The folder of a history, and the commands that led to it."""

    def __init__(self, path):
        self.path = path
        self.commands = self.read("commands.ndjson")
        self.types = {command["id"]: command["type"] for command in self.commands}
        self.timed = {command["id"] for command in self.commands if "occurredAt" in command}

    def read(self, name):
        return [json.loads(line) for line in (self.path / name).open(encoding="utf-8")]

    def outcomes(self):
        return self.read("outcomes.ndjson")

    def rules(self):
        """The version of the rules by which its tenants began."""
        versions = {event["data"].get("rulesVersion", 1) for event in lines(self.path)
                    if event["type"] == "TenantRegistered"}
        same(f"the tenants of {self.path.name} began by the same rules", len(versions), 1)
        return versions.pop()


def todays_rules(folder):
    """The version of the rules by which the program of today decides."""
    running = services.Service(folder / "none")
    metrics = running.get("/metrics").body.decode()
    same("the service stops well", running.stop(), 0)
    return int(re.search(r'^redress_build_info\{.*rules="(\d+)"', metrics, re.M)[1])


def tenant_of(event):
    return event["source"].removeprefix("/tenants/")


def lines(data):
    """The events of the two tenants, in the log's order."""
    return [event for event in services.events(data) if tenant_of(event) in (IMPORTED, LIVE)]


def event_count(running):
    count = 0
    for tenant in (IMPORTED, LIVE):
        answer = running.get(f"/v1/events?tenant={tenant}")
        if answer.status == 200:
            count += sum('"event":' in line for line in answer.body.decode().splitlines())
    return count


# Writing the fixture.


def wait_until_quiet(running):
    count, since = event_count(running), time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS:
        time.sleep(0.1)
        now = event_count(running)
        if now != count:
            count, since = now, time.monotonic()


def record(folder, target):
    running = services.Service(folder / "data", *SIMULATED)
    outcomes = []
    for command in Fixture(target).commands:
        outcomes += running.submit([command])
        if command["tenant"] == LIVE or command["type"] == "EndImport":
            wait_until_quiet(running)
    (target / "outcomes.ndjson").write_text("".join(
        json.dumps(outcome, ensure_ascii=False, separators=(",", ":")) + "\n"
        for outcome in outcomes))
    same("the service stops well", running.stop(), 0)
    data = running.data
    proof.output([proof.REDRESS, "keys", "backup", "--data", data, target / "keys"])
    # That keys were copied is recorded, and the read models follow.
    running.start()
    same("the service stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "checkpoint", "--data", data])
    (target / "verifier-keys.txt").write_text(
        proof.output([proof.REDRESS, "keys", "show", "--data", data]))
    path = target / "receipt.tlog-proof"
    proof.output([proof.REDRESS, "prove", "--data", data, "--out", path, IMPORTED,
                  PROOF_POSITION])
    (target / "receipt-event.json").write_text(proven_line(data))
    (target / "digests.txt").write_text(
        proof.output([proof.REDRESS, "projections", "list", "--data", data]))
    for name in ("log", "log/checkpoints"):
        (target / name).mkdir(exist_ok=True)
        for path in (data / name).iterdir():
            if path.is_file() and "index" not in path.name:
                shutil.copy(path, target / name)


def proven_line(data):
    return proof.output([proof.REDRESS, "replay", "--data", data, "--tenant", IMPORTED,
                         "--from", PROOF_POSITION, "--to", PROOF_POSITION])


# The old history under the programs of today.


def old_data(fixture, folder):
    """The fixture as a data folder; git keeps no rights, and the keys need theirs."""
    data = folder / "old"
    data.mkdir(mode=0o750)
    for name in ("log", "keys"):
        shutil.copytree(fixture.path / name, data / name)
    (data / "keys").chmod(0o700)
    for path in (data / "keys").iterdir():
        path.chmod(0o600)
    # The fixture grows older, and its age is no jump of the clock.
    (data / "redress.json").write_text('{"idleDaysMax": 36500}')
    return data


def verify(fixture, data):
    """Both verifiers accept log, signatures and old proof."""
    keys = fixture.path / "verifier-keys.txt"
    said = proof.output([proof.REDRESS, "verify", "--data", data])
    print("ok  redress verify accepts the log", flush=True)
    proof.output([VERIFY_LOG, data / "log", "--key", f"@{keys}"])
    print("ok  tools/verify-log accepts the log", flush=True)
    proof.output([VERIFY_LOG, "--proof", fixture.path / "receipt.tlog-proof", "--key",
                  f"@{keys}", "--event", fixture.path / "receipt-event.json"])
    print("ok  tools/verify-log accepts the old proof", flush=True)
    return said


def continues(fixture, data, before, newer):
    """The service goes on from the old checkpoints; a proof leads from them to the new ones.

    The history says where newer rules begin, of which `newer` is the version.
    """
    old_sizes = {tenant: checkpoint_size(data, tenant) for tenant in (IMPORTED, LIVE)}
    same("the checkpoints cover the whole history", sum(old_sizes.values()), len(before))
    running = services.Service(data)
    read_models(fixture, data)
    running.accepted([
        {"id": "later", "tenant": IMPORTED, "type": "SetCustomerTags", "actor": "agent/lee",
         "data": {"customerId": "cus_2", "tags": ["later"]}}])
    again = running.submit([command for command in fixture.commands if command["tenant"] == LIVE])
    old = {outcome["id"]: outcome for outcome in fixture.outcomes()}
    same_each("the old answer", [answer(outcome) for outcome in again],
              [answer(old[outcome["id"]]) for outcome in again])
    same("the service stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "checkpoint", "--data", data])
    size = checkpoint_size(data, IMPORTED)
    check(size > old_sizes[IMPORTED], "the history has grown")
    proof.output([proof.REDRESS, "prove", "--data", data, "--consistency", IMPORTED,
                  old_sizes[IMPORTED], size])
    print("ok  the new checkpoint continues the old one", flush=True)
    after = lines(data)
    same("the old lines are the beginning of the new", after[:len(before)], before)
    adopts(after[len(before):], newer)
    same("the proof's event is what it was", proven_line(data),
         (fixture.path / "receipt-event.json").read_text())
    verify(fixture, data)


def adopts(new, newer):
    """Newer rules begin with the first event of the tenant that got a new command, and there alone."""
    adopted = [(tenant_of(event), event["data"]["version"]) for event in new
               if event["type"] == "RulesAdopted"]
    if newer is None:
        same("no newer rules begin", adopted, [])
        return
    same("newer rules begin once, where there is a new command", adopted, [(IMPORTED, newer)])
    first = next(event for event in new if tenant_of(event) == IMPORTED)
    same("before its events", first["type"], "RulesAdopted")


def checkpoint_size(data, tenant):
    return int((data / "log" / "checkpoints" / tenant).read_text().splitlines()[1])


def digests(text):
    """Version and digest of each read model, by name."""
    rows = [line.split() for line in text.splitlines()[1:]]
    return {row[0]: (row[1], row[3]) for row in rows if len(row) >= 4}


def built_anew(data):
    """Version and digest of each read model that the start built; none before the last of them."""
    built = {event["data"]["name"]: (str(event["data"]["version"]), event["data"]["digest"])
             for event in services.events(data) if event["type"] == "ProjectionVerified"}
    return built if "Audits" in built else None


def read_models(fixture, data):
    """Read models of the same version have the same digest."""
    old = digests((fixture.path / "digests.txt").read_text())
    built = proof.wait_until(lambda: built_anew(data), "every read model is built")
    # Audits goes on to say that they were built, itself included.
    new = {**digests(proof.output([proof.REDRESS, "projections", "list", "--data", data])),
           "Audits": built["Audits"]}
    common = [name for name in old if name in new and new[name][0] == old[name][0]]
    for name in old:
        if name not in common:
            print(f"not compared  {name}: another version", flush=True)
    for name in common:
        same(f"{name} has the digest that it had", new[name], old[name])


# The same commands once more.

TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?")
# An id with a UUIDv7, or the simulated provider's reference, which follows from the refund's id.
MADE_UP = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=sim_)[0-9a-f]{16}")
SEALED = re.compile(r"enc:v1:([^:]*):([A-Za-z0-9+/=]*)")
DAY_COUNTS = ("daysSincePurchase", "daysSinceDelivery")
KEY_NAMES = ("key", "keyFingerprint")

# What a customer writes of a return is personal although the command does not name the customer.
PERSONAL = {"RequestReturn"} | {
    path.name.split(".")[0]
    for path in (proof.ROOT / "EventSchemas" / "commands").glob("*.json")
    if "x-personal" in path.read_text()}


def steady(value, is_timed):
    """A value without what differs between two runs of the same commands."""
    if isinstance(value, dict):
        left_out = KEY_NAMES if is_timed else KEY_NAMES + DAY_COUNTS
        return {name: "left out" if name in left_out else steady(part, is_timed)
                for name, part in value.items()}
    if isinstance(value, list):
        return [steady(part, is_timed) for part in value]
    if isinstance(value, str):
        value = SEALED.sub(lambda found: f"sealed for {found[1]}: {len(found[2])}", value)
        value = MADE_UP.sub("made-up", value)
        return value if is_timed else TIME.sub("time", value)
    return value


def comparable(event, fixture):
    """An event as both runs must have it; keys stay in their order.

    Without its position, and that of its cause: two process managers may work in either order.
    """
    is_timed = event["commandid"] in fixture.timed
    rest = {name: value for name, value in event.items()
            if name not in ("id", "causationid", "time", "recordedtime", "peeruid")
            or name == "time" and is_timed}
    # A process manager's command may name a refund whose id was made up; the second half of the hash
    # of a command with personal text is keyed by the person's key.
    if event["commandid"] not in fixture.types:
        del rest["commandhash"]
    elif fixture.types[event["commandid"]] in PERSONAL:
        rest["commandhash"] = rest["commandhash"][:16]
    return json.dumps(steady(rest, is_timed))


def batches(fixture, old):
    """The commands, grouped so that each group ends where a process manager's events follow.

    With each group the number of events after it, those of the process managers included.
    """
    first = {}
    for index, event in enumerate(old):
        first.setdefault(event["commandid"], index)
    group = []
    for command in fixture.commands:
        start = first.get(command["id"])
        if group and start and old[start - 1]["commandid"] not in fixture.types:
            yield group, start
            group = []
        group.append(command)
    yield group, len(old)


def same_lines(fixture, folder, old):
    running = services.Service(folder / "new", *SIMULATED)
    outcomes = []
    for group, count in batches(fixture, old):
        outcomes += running.submit(group)
        proof.wait_until(lambda: event_count(running) >= count, f"{count} events are there")
    same("the service stops well", running.stop(), 0)
    same_each("the command", [answer(outcome) for outcome in outcomes],
              [answer(outcome) for outcome in fixture.outcomes()])
    new = lines(running.data)
    same("there are as many events", len(new), len(old))
    # Two process managers may work in either order, so it is each stream that is compared.
    for tenant, stream in sorted({stream_of(event) for event in old}):
        found, expected = [[
            comparable(event, fixture) for event in events if stream_of(event) == (tenant, stream)]
            for events in (new, old)]
        same_each(f"the event of {tenant}'s {stream}", found, expected)
    print(f"ok  all {len(old)} lines say the same", flush=True)


def stream_of(event):
    return tenant_of(event), steady(event["subject"], True)


def same_each(what, found, expected):
    for number, (one, other) in enumerate(zip(found, expected)):
        if one != other:
            same(f"{what} number {number}", one, other)
    if len(found) != len(expected):
        same(f"{what}: as many", len(found), len(expected))


def answer(outcome):
    """An outcome without sentences, certificates, times, made-up ids and its line in the request.

    Of a problem's type only the name counts, which was the end of a URN.
    """
    problem = {name: value for name, value in outcome.get("problem", {}).items()
               if name not in ("detail", "title", "replay")}
    if "type" in problem:
        problem["type"] = re.split("[:/]", problem["type"])[-1]
    rest = {name: value for name, value in outcome.items()
            if name not in ("certificate", "line", "replay")}
    return steady(rest | {"problem": problem}, False)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    if target := os.environ.get("REDRESS_RECORD"):
        record(folder, pathlib.Path(target))
        return
    today = todays_rules(folder)
    fixtures = {fixture: fixture.rules() for fixture in map(Fixture, sorted(FIXTURES.iterdir()))}
    same("there is a history for each version of the rules", sorted(fixtures.values()),
         list(range(1, today + 1)))
    for fixture, rules in fixtures.items():
        print(f"--- {fixture.path.name}, by version {rules} of the rules", flush=True)
        own = folder / fixture.path.name
        own.mkdir()
        data = old_data(fixture, own)
        old = lines(data)
        check(len(old) > 200, f"the fixture has {len(old)} events")
        if rules == today:
            same_lines(fixture, own, old)
        verify(fixture, data)
        continues(fixture, data, old, today if rules < today else None)


main()
