#!/usr/bin/env python3
"""Proves that one hostile user of the machine keeps nobody else from working.

Another user holds connections, follows without reading, announces large bodies and reads slow pages,
while the owner submits commands and health is asked. Every command is answered, health always answers,
and the memory stays under 500 MB and is given back. It prints the latencies; what is fast enough on this
machine is for the reader to say.
"""

import http.client
import json
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
SUPPORT = pathlib.Path(__file__).parents[1] / "support"
sys.path.insert(0, str(SUPPORT))
import proof
import service as services
import shop
import users
from proof import check, same

USER = 65_533
MEGABYTES = 500
COMMANDS = 300
TENANTS = 10_000


class Flood:
    """Another user who does one thing."""

    def __init__(self, service, kind, count):
        self.process = proof.start(
            users.command_as(USER, sys.executable, SUPPORT / "flood.py", service.socket,
                             service.address, kind, count), stdout=subprocess.PIPE)
        same(f"{count} x {kind} are under way", self.process.stdout.readline(), b"open\n")

    def end(self):
        self.process.kill()
        self.process.wait(timeout=30)


def health(service):
    """How long an answer takes over the loopback address, in ms."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection(service.address.removeprefix("http://"), timeout=30)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    if status != 200:
        proof.fail(f"health is answered with {status}")
    connection.close()
    return (time.monotonic() - begin) * 1000


def robin():
    return shop.command("robin", "RegisterCustomer", {
        "customerId": "robin", "email": "robin@example.com", "firstName": "Robin", "lastName": "Hall"})


def work(service, name):
    """The owner's work meanwhile: latencies of commands and of health in ms."""
    commands, healths, most = [], [], 0
    connection = services.UnixConnection(service.socket)
    for number in range(COMMANDS):
        command = shop.command(
            f"{name}-{number}", "SetCustomerTags", {"customerId": "robin", "tags": [f"t{number}"]}
        )
        begin = time.monotonic()
        connection.request(
            "POST", "/v1/commands", json.dumps(command), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        text = answer.read()
        commands.append((time.monotonic() - begin) * 1000)
        if answer.status != 200:
            proof.fail(f"{name}: command {number} was answered {answer.status}: {text!r}")
        if number % 10 == 0:
            healths.append(health(service))
            most = max(most, services.memory(service.process))
    connection.close()
    commands.sort()
    healths.sort()
    print(
        f"{name:10} commands p50 {commands[len(commands) // 2]:6.1f} ms, p99 "
        f"{commands[len(commands) * 99 // 100]:6.1f} ms; health median "
        f"{healths[len(healths) // 2]:5.1f} ms, most {healths[-1]:5.1f} ms; memory {most:4.0f} MB"
    )
    check(most < MEGABYTES, f"{name}: the memory stays under {MEGABYTES} MB")


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    if users.are_missing():
        return proof.skip("only root can act as another user")
    data = folder / "data"
    services.make(data)
    settings = {
        "principals": [
            {"name": "flood", "uid": USER, "tenants": ["*"], "roles": ["auditor", "agent"]}
        ]
    }
    (data / "redress.json").write_text(json.dumps(settings))
    service = services.Service(data, pages=True)
    users.open_to_others(service)
    shop.import_month(service, shop.Month)
    for outcome in service.submit(shop.opening() + [robin()]):
        same("the shop opens", outcome["outcome"], "accepted")
    work(service, "alone")
    quiet = services.memory(service.process)
    for kind, count in [
        ("idle", 4_200), ("half", 4_200), ("follower", 300), ("body", 300), ("commands", 300),
        ("reader", 200),
    ]:
        flood = Flood(service, kind, count)
        try:
            work(service, kind)
        finally:
            flood.end()
    names = [f"tenant-{number}" for number in range(TENANTS)]
    for begin in range(0, TENANTS, 1_000):
        opened = service.submit([shop.opening(name)[0] for name in names[begin : begin + 1_000]])
        if any(outcome["outcome"] != "accepted" for outcome in opened):
            proof.fail("a tenant was not registered")
    work(service, "tenants")
    proof.wait_until(
        lambda: services.memory(service.process) < quiet + 150, "the memory is given back", seconds=60
    )
    same("the service stops well", service.stop(), 0)


main()
