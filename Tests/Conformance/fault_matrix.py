#!/usr/bin/env python3
"""Proves the classes of errors: every file that fails, in every way, once and for a while.

strace attaches to a running service and lets the calls on one part of its data folder fail: the log, its
index, tiles, checkpoints, keys, each read model, operations.sqlite, the outbox, the evidence; with a full
disk, an input/output error, too many open files, a read-only file system; once, or for as long as three
attempts. Outside the log, the service goes on: what it cannot do it refuses as storage-failing, and once the
fault is over it is ready again by itself and does everything. A write to the log ends it with 70. Nothing
that was acknowledged is lost. Without FAULTS=all in the environment a sample is drawn from the seed. FAULT_SECONDS is
how long a fault lasts: by default 5, and a minute with FAULTS=all.
"""

import http.client
import os
import pathlib
import signal
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import faults
import proof
import service as services
import shop
from everything import Everything
from proof import check, same

ALL = os.environ.get("FAULTS") == "all"
SECONDS = int(os.environ.get("FAULT_SECONDS", 60 if ALL else 5))
SAMPLE = 12
PASSING = ["index", "tiles", "checkpoints", "keys", "operations", "outbox", "evidence"]


def passing(shopper, target, fault, once, folder):
    trace = folder / "trace"
    what = f"{target}, {fault}, {'once' if once else f'for {SECONDS} s'}"
    if target == "index":
        # So that the next lookups read the file.
        shopper.restart()
    process = shopper.running.process
    trace.unlink(missing_ok=True)
    with faults.refused(shopper.running, faults.paths(shopper.running.data, target), fault, once, trace):
        is_done = shopper.round()
        time.sleep(1 if once else SECONDS)
    if process.poll() is not None:
        proof.fail(f"{what}: the service ended with {process.returncode}")
    proof.wait_until(shopper.is_well, f"{what}: it is ready again by itself", seconds=60, interval=0.1)
    proof.wait_until(shopper.send_again, f"{what}: what was refused is accepted", seconds=30, interval=0.2)
    if not shopper.round():
        proof.fail(f"{what}: not everything works afterwards")
    check(True, f"{what}: {faults.injected(trace)} calls failed, "
          f"{'nothing was refused' if is_done else 'some was refused'}; it went on by itself")


def closing(shopper, fault, folder):
    """An index that cannot be stored when the service stops is caught up at the next start."""
    running = shopper.running
    shopper.round()
    with faults.refused(running, faults.paths(running.data, "index"), fault, False, folder / "trace"):
        os.kill(running.process.pid, signal.SIGTERM)
        code = running.process.wait(timeout=60)
    same(f"index, {fault}, while it stops: {faults.injected(folder / 'trace')} calls failed, it stops well",
         code, 0)
    running.start()
    proof.wait_until(shopper.is_well, "it is ready")
    if not shopper.round():
        proof.fail("not everything works afterwards")


def damaged(shopper):
    """A damaged index is thrown away and made anew beside the service."""
    shopper.restart()
    running, process = shopper.running, shopper.running.process
    with open(running.data / "log" / "index.sqlite", "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(100)
        file.write(b"\xab" * (size - 100))
    outcomes = [outcome["outcome"] for command in shop.opening() for outcome in running.submit([command])]
    # Those that find it made anew already, or need nothing of it, are accepted.
    check(set(outcomes) <= {"retry", "accepted"}, "index, damaged: commands wait while it is made anew",
          outcomes)
    proof.wait_until(shopper.is_well, "index, damaged: it is ready again by itself")
    if not shopper.round() or running.process is not process or process.poll() is not None:
        proof.fail("index, damaged: not everything works afterwards")
    # A small index may be in memory as a whole, so that nothing of the file is read before a start.
    if "retry" in outcomes:
        check("log index: works again" in running.words(), "index, damaged: that is said")
    shopper.restart()
    proof.wait_until(shopper.is_well, "index, damaged: a start makes it anew")
    if not shopper.round():
        proof.fail("index, damaged: not everything works after a start")


def ends(folder, fault, once):
    """A write to the log ends the service; nothing acknowledged is lost."""
    place = folder / f"log-{fault.replace(' ', '-').replace('/', '')}-{once}"
    place.mkdir()
    shopper = Everything(place)
    running, trace = shopper.running, place / "trace"
    what = f"log, {fault}, {'once' if once else 'for long'}"
    in_doubt = None
    with faults.refused(running, faults.paths(running.data, "log"), fault, once, trace):
        for number in range(50):
            command = shop.order(f"log{number}")
            try:
                (outcome,) = running.submit([command])
            except (OSError, http.client.HTTPException):
                in_doubt = command
                break
            if outcome["outcome"] == "accepted":
                shopper.acknowledged.add(command["id"])
            elif outcome["outcome"] == "retry":
                shopper.refused(outcome["problem"])
    if fault != "EMFILE":
        same(f"{what}: it ends", running.process.wait(timeout=60), 70)
        check(in_doubt is not None and in_doubt["id"] not in shopper.acknowledged,
              f"{what}: what failed was not acknowledged")
        running.start()
        running.accepted([in_doubt])
    else:
        check(running.process.poll() is None, f"{what}: a log that is open notices nothing")
    finish(shopper, what)


def finish(shopper, what):
    running = shopper.running
    found = {event["commandid"] for event in services.events(running.data)}
    same(f"{what}: everything that was acknowledged is there", shopper.acknowledged - found, set())
    same(f"{what}: every draft is", [
        draft for draft in shopper.stored if running.get(draft).status != 200], [])
    same(f"{what}: every piece of evidence is", [
        key for key, content in shopper.evidence.items()
        if running.get(f"/v1/evidence/{key}?tenant=acme").body != content], [])
    same(f"{what}: it stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "verify", "--data", running.data])


def main():
    random, folder = proof.begin(__doc__)
    if faults.is_missing():
        return proof.skip("faults of the kernel: there is no strace (tools/setup --test)")
    shopper = Everything(folder)
    shopper.round()
    models = sorted(path.stem for path in (shopper.running.data / "read-models").glob("*.sqlite"))
    cells = [(target, fault, once) for target in PASSING + models
             for fault in faults.FAULTS for once in (True, False)]
    logs = [(fault, once) for fault in faults.FAULTS for once in (True, False)]
    if not ALL:
        chosen = [random.choice([cell for cell in cells if cell[0] == target]) for target in PASSING]
        cells = chosen + random.sample([cell for cell in cells if cell not in chosen],
                                       SAMPLE - len(chosen))
        logs = random.sample(logs, 2)
    for cell in cells:
        passing(shopper, *cell, folder)
    for fault in faults.FAULTS:
        closing(shopper, fault, folder)
    damaged(shopper)
    outbox = shopper.running.data / "outbox"
    paid = [f"r{number + 1}" for number in range(shopper.number)]
    proof.wait_until(lambda: len(list(outbox.glob("*.eml"))) >= 2 * len(paid), "everybody is told")
    same("each message is there once", len(list(outbox.glob("*.eml"))), 2 * len(paid))
    finish(shopper, f"after {len(cells)} faults")
    for fault, once in logs:
        ends(folder, fault, once)
    return None


main()
