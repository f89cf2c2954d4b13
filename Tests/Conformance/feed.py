#!/usr/bin/env python3
"""Proves that the feed of events has no gap and no double, at any moment, for any reader.

While commands are submitted, readers join GET /v1/events?follow=true at seeded moments, some from the
beginning, some with a token of a feed that they left in the middle. Each sees the log's own lines, in
order. A reader that takes nothing holds nobody else back, and gets everything once it reads.
"""

import json
import pathlib
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from feed_reader import Reader
from proof import check, same

TENANTS = ["acme", "zeta"]
READERS = 12
BATCHES = 60
ORDERS = 15


def slow_reader(running):
    """Asks for the feed over a small window and takes nothing for now."""
    slow = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(str(running.socket))
    slow.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return slow


def read_chunked(slow):
    """The body of a chunked answer, read to its end."""
    slow.settimeout(30)
    with slow.makefile("rb") as file:
        while file.readline() not in (b"\r\n", b""):
            pass
        body = b""
        while True:
            size = int(file.readline().split(b";")[0], 16)
            chunk = file.read(size)
            file.readline()
            if size == 0:
                return body
            body += chunk


def submit_all(running, times, done):
    for batch in range(BATCHES):
        commands = []
        for number in range(ORDERS):
            name = f"{batch}-{number}"
            tenant = TENANTS[number % 2]
            commands += [shop.order(name, tenant), shop.case(name, tenant=tenant)]
        begin = time.monotonic()
        outcomes = running.submit(commands)
        times.append(time.monotonic() - begin)
        assert all(outcome["outcome"] == "accepted" for outcome in outcomes)
        time.sleep(0.02)
    done.set()


def main():
    random, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted([command for tenant in TENANTS for command in shop.opening(tenant)])
    # Enough history that what follows live is not all there is, and that no socket swallows it.
    for page in range(8):
        running.accepted([shop.order(f"old-{page}-{number}", lines=20) for number in range(50)])
    slow = slow_reader(running)

    readers = [Reader(running, delay=random.uniform(0, 1.5)) for _ in range(READERS // 3)]
    readers += [Reader(running, random.randrange(20, 400), random.uniform(0, 1.5))
                for _ in range(READERS // 3)]
    readers += [Reader(running, random.choice([None, 50]), random.uniform(0, 1.5), tenant)
                for tenant in TENANTS for _ in range(READERS // 6)]
    times, done = [], threading.Event()
    submitter = threading.Thread(target=submit_all, args=(running, times, done), daemon=True)
    submitter.start()
    for reader in readers:
        reader.start()
    check(done.wait(120), "all commands were accepted while everybody read")
    submitter.join()
    print(f"    the slowest of {len(times)} requests took {max(times) * 1000:.0f} ms")

    lines = proof.shell('zstd -dcq "$1"/log/*.zst', str(running.data)).encode().splitlines()
    by_tenant = {None: lines}
    for tenant in TENANTS:
        by_tenant[tenant] = [line for line in lines
                             if json.loads(line)["source"] == f"/tenants/{tenant}"]
    for reader in readers:
        reader.until = len(by_tenant[reader.tenant])
    # One event more wakes those who wait for it.
    running.accepted([shop.order("last", tenant) for tenant in TENANTS])
    deadline = time.monotonic() + 60
    for number, reader in enumerate(readers):
        reader.join(max(0.1, deadline - time.monotonic()))
        expected = by_tenant[reader.tenant]
        got = [event for _, event in reader.items][: len(expected)]
        how = f"of {reader.tenant or 'all'}, " + (
            f"which left after every {reader.leaves_after}" if reader.leaves_after else "in one go")
        check(got == expected and len({token for token, _ in reader.items}) == len(reader.items),
              f"reader {number} {how}: {len(expected)} events, each once, in order",
              f"{len(got)} events, {reader.error}")

    text = read_chunked(slow)
    events = [line.partition(b'","event":')[2][:-1] for line in text.splitlines()]
    check(len(events) >= len(lines) and events[: len(lines)] == lines,
          f"the reader that took nothing meanwhile has every line now: {len(events)}")
    same("the service stops well", running.stop(), 0)


main()
