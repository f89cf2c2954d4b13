#!/usr/bin/env python3
"""Proves that a full disk costs nothing that was acknowledged.

On a small file system commands are submitted until nothing fits any more. The service stops with 70 and
says why; started again while the disk is still full it does not pretend; once there is space it starts,
has every acknowledged command with the answer it gave, and goes on. Needs the right to mount.
"""

import http.client
import json
import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import answers
import proof
import service as services
import shop
from proof import check, same

SIZE = 24 << 20
FILLER = 8 << 20


def mount(folder):
    """A small file system; None where this user may not mount one."""
    place, image = folder / "small", folder / "image"
    place.mkdir()
    with open(image, "wb") as file:
        file.truncate(SIZE)
    ways = [
        ("ext4", ["mount", "-o", "loop", image, place]),
        ("tmpfs", ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "redress", place]),
    ]
    proof.run(["mkfs.ext4", "-q", "-F", image])
    for name, command in ways:
        if proof.run(command).returncode == 0:
            proof.cleanup(lambda: proof.run(["umount", place]))
            print(f"    {name} of {SIZE >> 20} MiB")
            return place
    return None


def order(name, random):
    """An order whose lines do not compress."""
    command = shop.order(name, lines=20)
    for line in command["data"]["lines"]:
        line["title"] = random.randbytes(200).hex()
    return command


def fill(running, random, prefix):
    """Submits orders until nobody answers; returns those that were acknowledged."""
    acknowledged = []
    for number in range(20_000):
        command = order(f"{prefix}-{number}", random)
        try:
            outcome = running.submit([command])[0]
        except (http.client.HTTPException, OSError):
            return acknowledged
        if outcome["outcome"] != "accepted":
            proof.fail(f"an order was answered with {outcome}")
        acknowledged.append((command, outcome))
    proof.fail("the disk does not get full")


def ended(running):
    """How the service ended; it must not linger."""
    proof.wait_until(lambda: running.process.poll() is not None, "the service ends", seconds=20)
    return running.process.returncode


def main():
    random, folder = proof.begin(__doc__)
    place = mount(folder) if os.geteuid() == 0 else None
    if place is None:
        return proof.skip("a full disk: mounting is not permitted here")
    filler = place / "filler"
    filler.write_bytes(bytes(FILLER))

    running = services.Service(place / "data", said=folder / "said")
    running.accepted(shop.opening())
    acknowledged = fill(running, random, "a")
    print(f"    {len(acknowledged)} orders were acknowledged")
    same("the service stops with exit code 70", ended(running), 70)
    words = running.words()
    check(("No space left on device" in words or "disk is full" in words) and "free" in words
          and "acknowledged" in words, "and says that the disk is full, and what to do", words)
    # The last write is unfinished until the next start, so zstd alone would complain at its end.
    replayed = proof.output([proof.REDRESS, "replay", "--data", running.data]).splitlines()
    events = {json.loads(line)["commandid"] for line in replayed}
    check(all(command["id"] in events for command, _ in acknowledged),
          "every acknowledged order is in the log")

    running.start(wait=False)
    proof.wait_until(lambda: running.process.poll() is not None or "commands on" in running.words(),
                     "the service starts or ends", seconds=60)
    if running.process.poll() is None:
        again = fill(running, random, "b")
        acknowledged += again
        print(f"    started on the full disk it acknowledged {len(again)} more")
        same("and stops with exit code 70 again", ended(running), 70)
    else:
        check(running.process.returncode in (3, 70) and "free" in running.words(),
              f"on the full disk it ends with {running.process.returncode} and says so",
              running.words())

    filler.unlink()
    running.start()
    check(True, "once there is space it starts")
    print("    " + (running.words().splitlines()[0]))
    outcomes = [answers.without_replay(outcome)
                for outcome in running.submit([command for command, _ in acknowledged])]
    same("every acknowledged order has the answer it had", outcomes,
         [outcome for _, outcome in acknowledged])
    running.accepted([shop.order("after")])
    check(True, "and new commands are accepted")
    last = acknowledged[-1][0]["data"]
    balance = running.get(f"/v1/orders/{last['orderId']}/balance?minPosition="
                          f"{outcomes[-1]['events'][-1]['position']}").json()
    same("the read models go on", balance["refundable"], last["payments"][0]["amount"])
    same("and the service is ready", running.get("/readyz").status, 200)
    same("it stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "verify", "--data", running.data])
    check(True, "its log verifies")


main()
