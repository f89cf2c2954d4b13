#!/usr/bin/env python3
"""Proves what a real service does when the real kernel refuses to write or to sync its log.

strace makes the nth pwrite of a segment fail with "no space left", or its nth fdatasync with
"input/output error". The service ends with exit code 70 and says why; what it had not answered it
never does; and once started again it has everything that it had answered, once.
"""

import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import same

FAULTS = [
    ("fdatasync", "EIO", "Input/output error"),
    ("pwrite64", "ENOSPC", "No space left on device"),
    ("pwrite64", "EIO", "Input/output error"),
]
SEGMENT = "00000000000000000000.zst"


def prepared(data):
    """A log with something in it, so that starting has something to make certain."""
    running = services.Service(data)
    running.accepted(shop.opening())
    same("a service stops well", running.stop(), 0)


def prove(folder, call, error, words, number):
    data = folder / f"{call}-{error}-{number}"
    shutil.copytree(folder / "prepared", data)
    running = services.FailingService(data, data / "log" / SEGMENT, call, error, number)
    answers = {}
    in_doubt = None
    if running.wait_until_up_or_gone():
        in_doubt = running.send_until_gone((shop.order(f"o{n}") for n in range(100)), answers)
        if in_doubt is None:
            proof.fail("the fault never came")
    what = f"{call} {number} fails with {error}"
    # Before it serves anybody it says that it could not start (3), afterwards that it stopped (70).
    same(f"{what}: it ends", running.process.wait(timeout=60), 3 if in_doubt is None else 70)
    if words not in running.words() or SEGMENT not in running.words():
        proof.fail(f"{what}: it said {running.words()}")
    again = services.Service(data)
    found = {event["commandid"]: event for event in services.events(data)}
    for name, told in answers.items():
        if name not in found or int(found[name]["id"]) < told[0]["position"]:
            proof.fail(f"{what}: {name} was answered and is lost")
    if in_doubt is not None:
        if in_doubt["id"] in answers:
            proof.fail(f"{what}: what failed was answered")
        (outcome,) = again.submit([in_doubt])
        same(f"{what}: the one in doubt is accepted when sent again", outcome["outcome"], "accepted")
    same(f"{what}: it stops well then", again.stop(), 0)
    proof.output([proof.REDRESS, "verify", "--data", data])
    return in_doubt is not None


def main():
    random, folder = proof.begin(__doc__)
    if not shutil.which("strace"):
        return proof.skip("faults of the kernel: there is no strace (tools/setup --test)")
    prepared(folder / "prepared")
    stopped = 0
    for call, error, words in FAULTS:
        for number in (1, 2, random.randint(3, 9)):
            stopped += prove(folder, call, error, words, number)
    proof.check(stopped >= len(FAULTS), f"it stopped {stopped} times in the middle of its work")
    return None


main()
