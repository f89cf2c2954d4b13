#!/usr/bin/env python3
"""Proves what a real service does when the kernel refuses to write or to sync its personal keys.

A key must be durable before the first line that it seals, and gone for good before an erasure is complete.
strace makes the nth pwrite of keys.sqlite's write-ahead log fail with "no space left", or its nth fdatasync
with "input/output error", while customers are registered and while one of them is erased: that one command is
refused, as the failing storage that it is, and the service goes on. Then the process is killed at random
moments. Once started again the service has everything that it had answered, every text opens under its key,
and an erasure that was begun is completed.
"""

import pathlib
import shutil
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

FAULTS = [("fdatasync", "EIO"), ("pwrite64", "ENOSPC"), ("pwrite64", "EIO")]
ADMIN = "agent/lee"


def customer(name):
    return shop.command(f"register-{name}", "RegisterCustomer", {
        "customerId": name, "email": f"{name}@example.com", "firstName": "Robinetta"})


def erase(name):
    return shop.command(
        f"erase-{name}", "EraseSubject", {"subjectId": name, "reason": "Asked for"}, actor=ADMIN)


def prepared(data):
    """Customers with keys, and an admin who may erase them."""
    running = services.Service(data)
    running.accepted([
        *shop.opening(), shop.command("lee", "AddAgent", {"agentId": "lee", "role": "admin"}),
        *(customer(f"old{number}") for number in range(5))])
    same("a service stops well", running.stop(), 0)


def verified(data):
    """What verify says of personal texts; it must find no key missing and nothing damaged."""
    text = proof.output([proof.REDRESS, "verify", "--data", data])
    if "key missing" in text:
        proof.fail(text)
    return text


def prove_after(what, data, answered, in_doubt):
    again = services.Service(data)
    found = {event["commandid"] for event in services.events(data)}
    if lost := answered.keys() - found:
        proof.fail(f"{what}: {sorted(lost)} were answered and are lost")
    if in_doubt is not None:
        (outcome,) = again.submit([in_doubt])
        same(f"{what}: the one in doubt is accepted when sent again", outcome["outcome"], "accepted")
    return again


def run_into(folder, what, call, error, number, commands):
    """Sends commands to a service whose keys fail once; it goes on. Returns how often one was refused."""
    data = folder / f"{what}-{call}-{error}-{number}"
    shutil.copytree(folder / "prepared", data)
    running = services.FailingService(
        data, data / "keys" / "keys.sqlite-wal", call, error, number)
    if not running.wait_until_up_or_gone():
        proof.fail(f"{what}: it did not start: {running.words()}")
    refused = 0
    what = f"{what}, {call} {number} fails with {error}"
    for command in commands:
        (outcome,) = running.submit([command])
        if outcome["outcome"] == "retry":
            refused += 1
            same(f"{what}: the refusal says why", outcome["problem"]["type"],
                 "/problems/storage-failing")
            (outcome,) = running.submit([command])
        if outcome["outcome"] != "accepted":
            proof.fail(f"{what}: {outcome}")
    return what, running, refused


def registering(folder, *fault):
    what, running, refused = run_into(
        folder, "registering", *fault, (customer(f"new{index}") for index in range(12)))
    same(f"{what}: one command was refused, and accepted when sent again", refused, 1)
    proof.wait_until(lambda: running.get("/readyz").status == 200, "it is ready again", seconds=20)
    counts = [line for line in running.get("/metrics").body.decode().splitlines()
              if line.startswith('redress_part_failures_total{part="personal-keys"}')]
    check(len(counts) == 1 and "personal-keys: works again" in running.words(),
          f"{what}: it was counted and said, and so was its end")
    same(f"{what}: it stops well", running.stop(), 0)
    verified(running.data)


def erasing(folder, *fault):
    """Returns whether the fault came."""
    # strace counts the calls of each thread: the fault of the keys' own thread comes and is over first.
    before = [customer(f"before{index}") for index in range(4)]
    what, running, _ = run_into(folder, "erasing", *fault, [*before, erase("old1")])
    proof.wait_until(lambda: running.get("/v1/erasures/old1?tenant=acme").status == 200,
                     f"{what}: there is a certificate", seconds=30)
    came = "erasure: failed" in running.words()
    (outcome,) = running.submit([shop.command("change", "ChangeCustomerDetails", {
        "customerId": "old1", "email": "again@example.com"})])
    same(f"{what}: no second key is made", outcome["problem"]["reason"], "personErased")
    same(f"{what}: the others go on", running.submit([customer("new")])[0]["outcome"], "accepted")
    same(f"{what}: it stops well then", running.stop(), 0)
    if "of persons who were erased" not in verified(running.data):
        proof.fail(f"{what}: nothing is erased")
    return came


def killed(folder, random, round_number):
    data = folder / f"killed-{round_number}"
    shutil.copytree(folder / "prepared", data)
    running = services.Service(data)
    answered, in_doubt = {}, []
    names = [f"k{round_number}x{index}" for index in range(2_000)]
    commands = [erase("old2") if index == 40 else customer(name) for index, name in enumerate(names)]

    def work():
        in_doubt.append(running.send_until_gone(commands, answered))

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(random.uniform(0.02, 0.6))
    running.kill()
    thread.join()
    what = f"killed after {len(answered)} answers"
    again = prove_after(what, data, answered, in_doubt[0])
    if "erase-old2" in answered:
        same(f"{what}: the erasure stands", again.get("/v1/erasures/old2?tenant=acme").status, 200)
    same(f"{what}: it stops well then", again.stop(), 0)
    verified(data)


def main():
    random, folder = proof.begin(__doc__)
    prepared(folder / "prepared")
    for number in range(4):
        killed(folder, random, number)
    if not shutil.which("strace"):
        return proof.skip("faults of the kernel: there is no strace (tools/setup --test)")
    came = 0
    for call, error in FAULTS:
        for number in (1, random.randint(2, 9)):
            registering(folder, call, error, number)
        came += sum(erasing(folder, call, error, number) for number in (1, 2, 3))
    check(came >= len(FAULTS), f"a fault came {came} times while somebody was erased")
    return None


main()
