#!/usr/bin/env python3
"""Proves that a thousand connections are served, of which one in a hundred misbehaves.

Each of the others sends a command every two seconds, about 500 a second in all, to four tenants. Those that
misbehave send half a head or half a body, do not read the answer, send slowly, send garbage or a huge head. It
lasts 20 s (LOAD_SECONDS=n in the environment for another number). Every acknowledged command is in the log once,
as it was told; one whose answer was not read at most once; one that was never complete, never. The memory is
flat: its median in the last third is at most 1.2 times that in the middle third. It prints the latencies; what
is fast enough on this machine is for the reader to say.
"""

import asyncio
import os
import pathlib
import resource
import statistics
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import answers
import callers
import proof
import service as services
import shop
from proof import check, same

SECONDS = int(os.environ.get("LOAD_SECONDS", 20))
CONNECTIONS = 1_000
MISBEHAVING = 10
PAUSE = 2
GROWTH = 1.2


async def load(service, random, ledger):
    """Runs every caller to its end; returns the memory in MB, sampled."""
    end = time.monotonic() + SECONDS
    running = []
    for number in range(CONNECTIONS):
        kind = callers.BadCaller if number < MISBEHAVING else callers.GoodCaller
        caller = kind(service.socket, f"k{number}", type(random)(random.random()), ledger, end)
        running.append(asyncio.ensure_future(caller.run(PAUSE)))
    samples = []
    while time.monotonic() < end:
        await asyncio.sleep(0.25)
        samples.append(services.memory(service.process))
    for fault in await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), 60):
        if fault is not None:
            proof.fail(f"a caller ends with {fault!r}")
    return samples


def compare(ledger, events):
    """The log has what was told, and nothing else."""
    found = answers.by_command(events)
    for name, outcome in ledger.told.items():
        answers.as_told(outcome, found[name])
    refused = sum(outcome["outcome"] == "rejected" for outcome in ledger.told.values())
    check(0 < refused < len(ledger.told),
          f"{len(ledger.told)} answers are in the log as they were told, {refused} of them refusals")
    twice = [name for name in ledger.untold if len(found[name]) > 1]
    decided = sum(bool(found[name]) for name in ledger.untold)
    same(f"of {len(ledger.untold)} commands without an answer, {decided} are there once, none "
         "twice", twice, [])
    same(f"of {len(ledger.partial)} incomplete ones, none is there",
         [name for name in ledger.partial if found[name]], [])
    same("the log has no other command",
         {name for name in found if found[name]} - ledger.told.keys() - ledger.untold, set())


def prepare(service):
    """Tenants and customers."""
    for tenant in callers.TENANTS:
        service.accepted(shop.opening(tenant))
        service.accepted([
            shop.command(f"customer-{number}", "RegisterCustomer", {"customerId": f"c{number}"},
                         tenant) for number in range(callers.CUSTOMERS)])


def report(ledger, samples):
    """Prints the latencies; the memory must be flat."""
    ordered = sorted(ledger.latencies)
    p50, p99 = (ordered[len(ordered) * part // 100] * 1000 for part in (50, 99))
    print(f"{len(ordered)} commands on {CONNECTIONS} connections in {SECONDS} s: p50 {p50:.1f} ms, "
          f"p99 {p99:.1f} ms, most {ordered[-1] * 1000:.1f} ms")
    tenth = len(samples) // 10
    print("memory in MB, tenth by tenth: " + " ".join(
        f"{statistics.median(samples[part * tenth:(part + 1) * tenth]):.0f}" for part in range(10)))
    third = len(samples) // 3
    middle, last = (statistics.median(part) for part in (samples[third:-third], samples[-third:]))
    check(last <= GROWTH * middle,
          f"the memory is flat: {middle:.0f} MB in the middle third, {last:.0f} MB in the last")


def main():
    random, folder = proof.begin(__doc__.splitlines()[0])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8_192, most), most))
    service = services.Service(folder / "data")
    prepare(service)
    prepared = {event["commandid"] for event in services.events(service.data)}
    ledger = callers.Ledger()
    samples = asyncio.run(load(service, random, ledger))
    report(ledger, samples)
    same(f"every misbehaviour took place: {ledger.misdeeds}", sorted(ledger.misdeeds),
         sorted(callers.BadCaller.KINDS))
    same("the service stops well", service.stop(), 0)
    compare(ledger, [event for event in services.events(service.data)
                     if event["source"] != "/tenants/_system"
                     and event["commandid"] not in prepared])


main()
