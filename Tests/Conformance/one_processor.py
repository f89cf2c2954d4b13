#!/usr/bin/env python3
"""Proves that the service starts where there is one processor, and one of Swift's cooperative threads.

The hardest start is one with an erasure to complete: it asks a read model for the person's orders, and
must not wait for a task that needs the thread it holds.
"""

import os
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same


class NarrowService(services.Service):
    """A service on the first processor that this process may use, with one cooperative thread."""

    def start(self, wait=True):
        processor = min(os.sched_getaffinity(0))
        before = self.command
        self.command = ["taskset", "-c", str(processor), "env",
                        "LIBDISPATCH_COOPERATIVE_POOL_STRICT=1", *before]
        super().start(wait=False)
        self.command = before
        if wait:
            proof.wait_until(self.is_up, "the service starts on one processor", seconds=30)


def main():
    _, folder = proof.begin(__doc__)
    data = folder / "data"
    running = NarrowService(data)
    running.accepted([
        *shop.opening(),
        shop.command("admin", "AddAgent", {"agentId": "ada", "role": "admin"}),
        shop.command("customer", "RegisterCustomer", {
            "customerId": "robin", "email": "robin@example.com"}),
    ])
    keys = folder / "keys"
    proof.output([proof.REDRESS, "keys", "backup", "--data", data, keys])
    running.accepted([shop.command(
        "erase", "EraseSubject", {"subjectId": "robin", "reason": "Asked for"}, actor="agent/ada")])
    same("it stops well", running.stop(), 0)

    # With the key back, the erasure is one that an earlier run recorded and did not complete.
    shutil.rmtree(data / "keys")
    shutil.copytree(keys, data / "keys")
    running.start()
    check("completed the erasure of robin of acme" in running.words(), "the start completes it",
          running.words())
    same("it answers", running.get("/healthz").status, 200)
    same("it stops well again", running.stop(), 0)


main()
