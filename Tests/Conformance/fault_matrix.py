#!/usr/bin/env python3
"""Proves the classes of errors: every file that fails, in every way, once and for a while.

strace attaches to a running service and lets the calls on one part of its data folder fail: the log, its
index, tiles, checkpoints, keys, each read model, operations.sqlite, the outbox, the evidence; with a full
disk, an input/output error, too many open files, a read-only file system; once, or for as long as three
attempts. Outside the log, the service goes on: what it cannot do it refuses as storage-failing, and once the
fault is over it is ready again by itself and does everything. A write to the log ends it with 70. Nothing
that was acknowledged is lost. Several services, each with a data folder of its own, take these cells from one
list at the same time. Without FAULTS=all in the environment a sample is drawn from the seed. FAULT_SECONDS is how
long a fault lasts: by default 5, and a minute with FAULTS=all.
"""

import concurrent.futures
import functools
import http.client
import os
import pathlib
import queue
import re
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
SHOPPERS = 8 if ALL else 2
SAMPLE = 12
# So many that lookups of the index read the file: its pages are more than a connection keeps.
ORDERS = 20_000
PASSING = ["index", "tiles", "checkpoints", "keys", "operations", "outbox", "evidence"]


def passing(target, fault, once, shopper):
    what = f"{target}, {fault}, {'once' if once else f'for {SECONDS} s'}"
    trace = trace_of(shopper)
    if target == "index":
        # So that the next lookups read the file.
        shopper.restart()
    process = shopper.running.process
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


def trace_of(shopper):
    """Where strace writes about a shopper's service; empty for each fault."""
    trace = shopper.running.data.parent / "trace"
    trace.unlink(missing_ok=True)
    return trace


def closing(fault, shopper):
    """An index that cannot be stored when the service stops is caught up at the next start."""
    running, trace = shopper.running, trace_of(shopper)
    shopper.round()
    with faults.refused(running, faults.paths(running.data, "index"), fault, False, trace):
        os.kill(running.process.pid, signal.SIGTERM)
        code = running.process.wait(timeout=60)
    same(f"index, {fault}, while it stops: {faults.injected(trace)} calls failed, it stops well", code, 0)
    running.start()
    proof.wait_until(shopper.is_well, "it is ready")
    if not shopper.round():
        proof.fail("not everything works afterwards")


def damaged(folder):
    """A damaged index is thrown away and made anew beside the service."""
    shopper = shopper_in(folder / "damaged-index")
    running = shopper.running
    orders = [shop.order(f"old-{number}") for number in range(ORDERS)]
    for begin in range(0, ORDERS, 1_000):
        running.accepted(orders[begin:begin + 1_000])
    shopper.acknowledged |= {order["id"] for order in orders}
    shopper.restart()
    process = running.process
    with open(running.data / "log" / "index.sqlite", "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(100)
        file.write(b"\xab" * (size - 100))
    (outcome,) = running.submit([orders[ORDERS // 2]])
    same(f"index, damaged in all its {size} bytes: a command waits", outcome["outcome"], "retry")
    shopper.refused(outcome["problem"])
    # Its thread hears of the damage a moment after the command was refused.
    proof.wait_until(lambda: "log index: works again" in running.words() and shopper.is_well(),
                     "index, damaged: it is ready again by itself, and says so", seconds=60)
    (again,) = running.accepted([orders[ORDERS // 2]])
    check(again.get("replay"), "index, damaged: made anew, it has the command", again)
    if not shopper.round() or running.process is not process or process.poll() is not None:
        proof.fail("index, damaged: not everything works afterwards")
    finish(shopper, "after a damaged index")


def shopper_in(place):
    place.mkdir()
    return Everything(place)


def ends(fault, once, folder):
    """A write to the log ends the service; nothing acknowledged is lost."""
    shopper = shopper_in(folder / f"log-{fault.replace(' ', '-')}-{once}")
    running, trace = shopper.running, trace_of(shopper)
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


def cells(random, models):
    """The functions of a shopper to call, those that last long first, and the faults of the log."""
    passed = [(target, fault, once) for once in (False, True) for target in PASSING + models
              for fault in faults.FAULTS]
    logs = [(fault, once) for fault in faults.FAULTS for once in (True, False)]
    if not ALL:
        chosen = [random.choice([cell for cell in passed if cell[0] == target]) for target in PASSING]
        passed = chosen + random.sample([cell for cell in passed if cell not in chosen],
                                        SAMPLE - len(chosen))
        logs = random.sample(logs, 2)
    return ([functools.partial(passing, *cell) for cell in passed]
            + [functools.partial(closing, fault) for fault in faults.FAULTS], logs)


def told(shopper):
    """The subjects of all messages."""
    return [re.search(r"^Subject: (.*?)\r?$", path.read_text(), re.M)[1]
            for path in (shopper.running.data / "outbox").glob("acme.*.eml")]


def shop_on(shopper, waiting):
    """One shopper calls what is left of a queue, one after another, and compares all it did at the end."""
    count = 0
    while True:
        try:
            cell = waiting.get_nowait()
        except queue.Empty:
            break
        cell(shopper)
        count += 1
    expected = {
        subject for number in range(1, shopper.number + 1)
        for subject in (f"We have received your request r{number}", f"Your refund r{number} has been paid")}
    proof.wait_until(lambda: expected <= set(told(shopper)), "everybody is told")
    # A payment that a stop interrupts is told to be delayed, too.
    subjects = told(shopper)
    same("each message is there once", sorted(set(subjects)), sorted(subjects))
    finish(shopper, f"after {count} faults")


def main():
    random, folder = proof.begin(__doc__)
    if faults.is_missing():
        return proof.skip("faults of the kernel: there is no strace (tools/setup --test)")
    shoppers = [shopper_in(folder / f"shopper-{number}") for number in range(SHOPPERS)]
    for shopper in shoppers:
        shopper.round()
    models = sorted(
        path.stem for path in (shoppers[0].running.data / "read-models").glob("*.sqlite"))
    waiting = queue.SimpleQueue()
    on_a_shopper, logs = cells(random, models)
    for cell in on_a_shopper:
        waiting.put(cell)
    with concurrent.futures.ThreadPoolExecutor(SHOPPERS) as pool:
        running = [pool.submit(shop_on, shopper, waiting) for shopper in shoppers]
        running += [pool.submit(ends, *log, folder) for log in logs]
        running.append(pool.submit(damaged, folder))
        # The end of a proof that failed, in a thread, is that of this one.
        for future in running:
            future.result()
    return None


main()
