#!/usr/bin/env python3
"""Proves that `redress doctor` finds what is wrong with a data folder, says what to do, and changes
nothing.

On a stopped and on a running folder, each fault is made by hand: wrong rights, wrong settings, missing
keys, a damaged read model, a full disk, a clock that jumped, few descriptors. What it says to do is then
done, and all is well again.
"""

import hashlib
import json
import os
import pathlib
import shlex
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

NAMES = ["folder", "rights", "settings", "clock", "time", "keys", "disk", "read models",
         "descriptors"]


def doctor(data, before=()):
    """Exit code and checks by name."""
    result = proof.run([*before, proof.REDRESS, "doctor", "--data", data, "--json"])
    checks = {one["name"]: one for one in json.loads(result.stdout)["checks"]}
    same("every check is there", list(checks), NAMES)
    worst = json.loads(result.stdout)["state"]
    states = {one["state"] for one in checks.values()}
    expected = "wrong" if "wrong" in states else "warn" if "warn" in states else "ok"
    same("the worst state is named, and 1 means wrong", (worst, result.returncode),
         (expected, 1 if expected == "wrong" else 0))
    for one in checks.values():
        if (one["state"] == "ok") == ("remedy" in one):
            proof.fail(f"what is not ok has a remedy, and nothing else: {one}")
    return checks


def finds(sentence, data, name, state, *words, before=()):
    one = doctor(data, before)[name]
    text = one["found"] + " " + one.get("remedy", "")
    check(one["state"] == state and all(str(word) in text for word in words),
          f"{sentence}: {name} is {state}: {one['found']}; {one.get('remedy')}", one)
    return one


def all_is_well(sentence, data):
    wrong = [one for one in doctor(data).values() if one["state"] == "wrong"]
    same(f"{sentence}: nothing is wrong", wrong, [])


def state_of(data):
    """What a folder holds, byte by byte, but for the memory that readers of SQLite share."""
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(data.rglob("*")) if file.is_file() and not file.name.endswith("-shm")}


def faults(data):
    os.chmod(data / "keys", 0o755)
    one = finds("others can read the keys", data, "rights", "wrong", "755")
    proof.output(shlex.split(one["remedy"]))
    all_is_well("after its remedy", data)

    settings = data / "redress.json"
    settings.write_text('{"principls": []}')
    finds("a mistyped setting", data, "settings", "wrong", "principls", "principals")
    settings.unlink()

    keys = data / "keys" / "log-name"
    keys.rename(data / "log-name")
    finds("a key file is away", data, "keys", "wrong", "redress keys backup")
    (data / "log-name").rename(keys)
    all_is_well("with the key", data)

    finds("few descriptors", data, "descriptors", "wrong", "100 files", "LimitNOFILE",
          before=["bash", "-c", 'ulimit -n 100; exec "$@"', "bash"])


def damaged_read_model(data):
    model = data / "read-models" / "RefundQueue.sqlite"
    whole = model.read_bytes()
    model.write_bytes(b"x" * len(whole))
    for name in ("-wal", "-shm"):
        (data / "read-models" / f"RefundQueue.sqlite{name}").unlink(missing_ok=True)
    one = finds("a damaged read model", data, "read models", "wrong", "RefundQueue",
                "projections rebuild")
    proof.output([proof.REDRESS, *shlex.split(one["remedy"])[1:]])
    all_is_well("after its remedy", data)


def as_json(running):
    """What status and clock say for programs is what the service says."""
    def said(tool):
        return json.loads(proof.output([proof.REDRESS, tool, "--data", running.data, "--json"]))
    status = proof.wait_until(
        lambda: (found := said("status"))["readModels"]
        and all(model["commitsBehind"] == 0 for model in found["readModels"]) and found,
        "the read models follow")
    recorded = services.events(running.data)
    same("status --json counts the events", status["events"], len(recorded))
    same("and those of each tenant", status["tenants"], [
        {"name": "acme", "state": "active",
         "events": sum(event["source"] == "/tenants/acme" for event in recorded)}])
    same("and names the service", status["service"]["pid"], str(running.process.pid))
    same("clock --json has what the service answers",
         sorted(said("clock")), sorted(running.get("/v1/clock").json()))


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    running.accepted([shop.order("1"), shop.case("1"), shop.request("1")])
    all_is_well("a running service", running.data)
    as_json(running)
    pid = str(running.process.pid)
    finds("a running service is named", running.data, "folder", "ok", pid)
    finds("and its own limit", running.data, "descriptors", "ok", f"process {pid}")
    faults_running = running.data / "redress.json"
    faults_running.write_text("{")
    finds("a running service's settings", running.data, "settings", "wrong", "not JSON")
    faults_running.unlink()
    same("it stops", running.stop(), 0)

    before = state_of(running.data)
    all_is_well("a stopped service", running.data)
    same("looking changed no file", state_of(running.data), before)
    faults(running.data)
    damaged_read_model(running.data)

    text = proof.output([proof.REDRESS, "doctor", "--data", running.data])
    check(all(f"\n{name}" in text for name in NAMES), "for people it is a table", text)
    missing = proof.run([proof.REDRESS, "doctor", "--data", folder / "none"])
    check(missing.returncode == 3 and b"redress init makes one" in missing.stderr,
          "no data folder: 3", missing.stderr)


if __name__ == "__main__":
    main()
