#!/usr/bin/env python3
"""Proves that the formats of the log have not changed: a history that an earlier release wrote still holds.

fixtures/old-history has the log, the keys (made for it alone), checkpoints, a proof and the commands
of that release. Both verifiers accept them, the service continues that history, the read models whose
version is the same have the same digests, and the same commands give the same lines. Of those lines
only what differs between two runs of one release is left out: times, ids that Redress makes up, and
ciphertext.

REDRESS_RECORD=FOLDER writes such a fixture with the programs of REDRESS_PROGRAMS instead.
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

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "old-history"
VERIFY_LOG = proof.ROOT / "tools" / "verify-log"
# The imported tenant, all of whose times are given, and the one whose process managers are at work.
IMPORTED, LIVE = "acme", "beta"
PROOF_POSITION = 40
SIMULATED = ["--simulate", "decline=s2", "--simulate", "timeout=s3"]
QUIET_SECONDS = 2


def commands():
    return [json.loads(line) for line in (FIXTURE / "commands.ndjson").open(encoding="utf-8")]


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
    for command in commands():
        outcomes += running.submit([command])
        if command["tenant"] == LIVE or command["type"] == "EndImport":
            wait_until_quiet(running)
    target.mkdir(parents=True, exist_ok=True)
    (target / "outcomes.ndjson").write_text("".join(
        json.dumps(outcome, ensure_ascii=False, separators=(",", ":")) + "\n"
        for outcome in outcomes))
    same("the service stops well", running.stop(), 0)
    data = running.data
    proof.output([proof.REDRESS, "checkpoint", "--data", data])
    (target / "verifier-keys.txt").write_text(
        proof.output([proof.REDRESS, "keys", "show", "--data", data]))
    path = target / "receipt.tlog-proof"
    proof.output([proof.REDRESS, "prove", "--data", data, "--out", path, IMPORTED,
                  PROOF_POSITION])
    (target / "receipt-event.json").write_text(proven_line(data))
    (target / "digests.txt").write_text(
        proof.output([proof.REDRESS, "projections", "list", "--data", data]))
    proof.output([proof.REDRESS, "keys", "backup", "--data", data, target / "keys"])
    for name in ("log", "log/checkpoints"):
        (target / name).mkdir(exist_ok=True)
        for path in (data / name).iterdir():
            if path.is_file() and "index" not in path.name:
                shutil.copy(path, target / name)


def proven_line(data):
    return proof.output([proof.REDRESS, "replay", "--data", data, "--tenant", IMPORTED,
                         "--from", PROOF_POSITION, "--to", PROOF_POSITION])


# The old history under the programs of today.


def old_data(folder):
    """The fixture as a data folder; git keeps no rights, and the keys need theirs."""
    data = folder / "old"
    data.mkdir(mode=0o750)
    for name in ("log", "keys"):
        shutil.copytree(FIXTURE / name, data / name)
    (data / "keys").chmod(0o700)
    for path in (data / "keys").iterdir():
        path.chmod(0o600)
    # The fixture grows older, and its age is no jump of the clock.
    (data / "redress.json").write_text('{"idleDaysMax": 36500}')
    return data


def verify(data):
    """Both verifiers accept log, signatures and old proof."""
    keys = FIXTURE / "verifier-keys.txt"
    said = proof.output([proof.REDRESS, "verify", "--data", data])
    print("ok  redress verify accepts the log", flush=True)
    proof.output([VERIFY_LOG, data / "log", "--key", f"@{keys}"])
    print("ok  tools/verify-log accepts the log", flush=True)
    proof.output([VERIFY_LOG, "--proof", FIXTURE / "receipt.tlog-proof", "--key", f"@{keys}",
                  "--event", FIXTURE / "receipt-event.json"])
    print("ok  tools/verify-log accepts the old proof", flush=True)
    return said


def continues(data, before):
    """The service goes on from the old checkpoints; a proof leads from them to the new ones."""
    old_sizes = {tenant: checkpoint_size(data, tenant) for tenant in (IMPORTED, LIVE)}
    same("the checkpoints cover the whole history", sum(old_sizes.values()), len(before))
    running = services.Service(data)
    read_models(data)
    running.accepted([
        {"id": "later", "tenant": IMPORTED, "type": "SetCustomerTags", "actor": "agent/lee",
         "data": {"customerId": "cus_2", "tags": ["later"]}}])
    again = running.submit([command for command in commands() if command["tenant"] == LIVE])
    old = {outcome["id"]: outcome for outcome in recorded_outcomes()}
    same_each("the old answer", [answer(outcome) for outcome in again],
              [answer(old[outcome["id"]]) for outcome in again])
    same("the service stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "checkpoint", "--data", data])
    size = checkpoint_size(data, IMPORTED)
    check(size > old_sizes[IMPORTED], "the history has grown")
    proof.output([proof.REDRESS, "prove", "--data", data, "--consistency", IMPORTED,
                  old_sizes[IMPORTED], size])
    print("ok  the new checkpoint continues the old one", flush=True)
    same("the old lines are the beginning of the new", lines(data)[:len(before)], before)
    same("the proof's event is what it was", proven_line(data),
         (FIXTURE / "receipt-event.json").read_text())
    verify(data)


def checkpoint_size(data, tenant):
    return int((data / "log" / "checkpoints" / tenant).read_text().splitlines()[1])


def recorded_outcomes():
    return [json.loads(line) for line in (FIXTURE / "outcomes.ndjson").open(encoding="utf-8")]


def digests(text):
    """Version and digest of each read model, by name."""
    rows = [line.split() for line in text.splitlines()[1:]]
    return {row[0]: (row[1], row[3]) for row in rows if len(row) >= 4}


def read_models(data):
    """Read models of the same version have the same digest."""
    old = digests((FIXTURE / "digests.txt").read_text())
    new = digests(proof.output([proof.REDRESS, "projections", "list", "--data", data]))
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
TYPES = {command["id"]: command["type"] for command in commands()}
TIMED = {command["id"] for command in commands() if "occurredAt" in command}


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


def comparable(event):
    """An event as both runs must have it; keys stay in their order.

    Without its position, and that of its cause: two process managers may work in either order.
    """
    is_timed = event["commandid"] in TIMED
    rest = {name: value for name, value in event.items()
            if name not in ("id", "causationid", "time", "recordedtime", "peeruid")
            or name == "time" and is_timed}
    # A process manager's command may name a refund whose id was made up; the second half of the hash
    # of a command with personal text is keyed by the person's key.
    if event["commandid"] not in TYPES:
        del rest["commandhash"]
    elif TYPES[event["commandid"]] in PERSONAL:
        rest["commandhash"] = rest["commandhash"][:16]
    return json.dumps(steady(rest, is_timed))


def batches(old):
    """The commands, grouped so that each group ends where a process manager's events follow.

    With each group the number of events after it, those of the process managers included.
    """
    first = {}
    for index, event in enumerate(old):
        first.setdefault(event["commandid"], index)
    own = {command["id"] for command in commands()}
    group = []
    for command in commands():
        start = first.get(command["id"])
        if group and start and old[start - 1]["commandid"] not in own:
            yield group, start
            group = []
        group.append(command)
    yield group, len(old)


def same_lines(folder, old):
    running = services.Service(folder / "new", *SIMULATED)
    outcomes = []
    for group, count in batches(old):
        outcomes += running.submit(group)
        proof.wait_until(lambda: event_count(running) >= count, f"{count} events are there")
    same("the service stops well", running.stop(), 0)
    same_each("the command", [answer(outcome) for outcome in outcomes],
              [answer(outcome) for outcome in recorded_outcomes()])
    new = lines(running.data)
    same("there are as many events", len(new), len(old))
    # Two process managers may work in either order, so it is each stream that is compared.
    for tenant, stream in sorted({stream_of(event) for event in old}):
        found, expected = [[
            comparable(event) for event in events if stream_of(event) == (tenant, stream)]
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
    data = old_data(folder)
    old = lines(data)
    check(len(old) > 200, f"the fixture has {len(old)} events")
    same_lines(folder, old)
    verify(data)
    continues(data, old)


main()
