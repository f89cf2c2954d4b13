#!/usr/bin/env python3
"""Proves that a tenant with many commands keeps another tenant's single commands from nothing.

Four connections post 50,000 lines each for one tenant, and meanwhile another tenant submits one command
after the other. Each of the 200,000 lines has its outcome, in order, and the history has it once. No
single command waits for a quarter of the time that the lines take, and half of them are delayed by less
than 50 ms; the slowest ones are printed, because a busy machine delays them, too. Programs that are not
optimised get 2,000 lines each, and only their outcomes are judged.
"""

import collections
import json
import pathlib
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import proof
import service as services
import shop
from proof import check, same

IS_OPTIMISED = proof.PROGRAMS.resolve().name == "release"
CONNECTIONS = 4
LINES = 50_000 if IS_OPTIMISED else 2_000
ALONE = 500
DELAY_MS = 50


def robin(tenant):
    return shop.command("robin", "RegisterCustomer", {
        "customerId": "robin", "email": "robin@example.com", "firstName": "Robin", "lastName": "Hall"},
        tenant)


def tags(name, tenant, number):
    """A command that changes something each time."""
    return shop.command(
        name, "SetCustomerTags", {"customerId": "robin", "tags": [f"t{number}"]}, tenant)


class Bulk(threading.Thread):
    """One request with many lines."""

    def __init__(self, service, index):
        super().__init__(daemon=True)
        self.service, self.index = service, index
        self.names = [f"bulk-{index}-{number}" for number in range(LINES)]
        self.body = "".join(
            json.dumps(tags(name, "acme", name)) + "\n" for name in self.names).encode()
        self.answer = None

    def run(self):
        self.answer = self.service.request(
            "POST", "/v1/commands", self.body, {"Content-Type": "application/x-ndjson"})

    def outcomes(self):
        if self.answer is None or self.answer.status != 200:
            proof.fail(f"request {self.index} was not answered: {self.answer and self.answer.body!r}")
        return self.answer.lines()


def single(connection, number):
    """How long one command of the other tenant takes, in ms."""
    body = json.dumps(tags(f"single-{number}", "zeta", number))
    begin = time.monotonic()
    connection.request("POST", "/v1/commands", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    took = (time.monotonic() - begin) * 1000
    if answer.status != 200 or json.loads(text)["outcome"] != "accepted":
        proof.fail(f"command {number} was answered {answer.status}: {text!r}")
    return took


def figures(name, times):
    """Prints them, and returns p50, p99 and the longest."""
    ordered = sorted(times)
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    print(f"{name:7} {len(times):5} commands: p50 {p50:6.2f} ms, p99 {p99:6.2f} ms, max {ordered[-1]:6.2f} ms")
    return p50, p99, ordered[-1]


def ledger(service, bulks, singles):
    """Each line has one outcome, in order, and one event."""
    accepted = collections.Counter(zeta=singles)
    for bulk in bulks:
        outcomes = bulk.outcomes()
        if [outcome["id"] for outcome in outcomes] != bulk.names:
            proof.fail(f"the outcomes of request {bulk.index} are not its lines, in order")
        if any(outcome["outcome"] != "accepted" for outcome in outcomes):
            proof.fail(f"a line of request {bulk.index} was not accepted")
        accepted["acme"] += len(outcomes)
    recorded = collections.Counter()
    seen = set()
    for event in services.events(service.data):
        if event["type"] == "CustomerTagsChanged":
            tenant = event["source"].rsplit("/", 1)[1]
            recorded[tenant] += 1
            seen.add((tenant, event["commandid"]))
    same("the history has each accepted command", dict(recorded), dict(accepted))
    same("and each once", len(seen), sum(accepted.values()))


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    service = services.Service(folder / "data")
    for tenant in ("acme", "zeta"):
        service.accepted(shop.opening(tenant) + [robin(tenant)])
    bulks = [Bulk(service, index) for index in range(CONNECTIONS)]
    connection = services.UnixConnection(service.socket)
    alone = [single(connection, number) for number in range(ALONE)]
    begin = time.monotonic()
    for bulk in bulks:
        bulk.start()
    beside = []
    while any(bulk.is_alive() for bulk in bulks):
        beside.append(single(connection, ALONE + len(beside)))
    seconds = time.monotonic() - begin
    connection.close()
    print(f"{CONNECTIONS} x {LINES} lines took {seconds:.1f} s, {CONNECTIONS * LINES / seconds:.0f} a second")
    usual, _, _ = figures("alone", alone)
    median, _, slowest = figures("beside", beside)
    ledger(service, bulks, len(alone) + len(beside))
    if IS_OPTIMISED:
        check(slowest < seconds * 1000 / 4, "no single command waits for a quarter of that time",
              f"{slowest:.1f} ms of {seconds:.1f} s")
        check(median - usual < DELAY_MS,
              f"half of the other tenant's commands are delayed by less than {DELAY_MS} ms",
              f"{median:.1f} ms, {usual:.1f} ms alone")
    else:
        proof.skip("the delay: these programs are not optimised")
    same("the service stops well", service.stop(), 0)


main()
