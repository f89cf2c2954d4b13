#!/usr/bin/env python3
"""Proves that what was acknowledged is there once and unchanged, however often the service is killed.

Eight writers send commands without pause and send unanswered ones again, with the same ids. A ledger
outside the service keeps every answer. The service gets SIGKILL 15 times (KILLS=n in the environment
for another number), some of them while it starts. At the end the ledger and the log, read with zstd
alone, say the same.
"""

import collections
import http.client
import os
import pathlib
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import answers
import proof
import service as services
import shop
from proof import same

WRITERS = 8
KILLS = int(os.environ.get("KILLS", 15))


class Writer(threading.Thread):
    """Sends a few commands at a time until each is answered, then the next ones."""

    def __init__(self, running, number, random, stopping):
        super().__init__(daemon=True)
        self.running = running
        self.number = number
        self.random = random
        self.stopping = stopping
        # id -> outcome lines, in the order in which they were received.
        self.ledger = collections.defaultdict(list)
        self.interrupted = 0
        self.error = None
        self.sent = 0

    def run(self):
        try:
            while not self.stopping.is_set():
                self.settle([self.command() for _ in range(self.random.randint(1, 4))])
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def command(self):
        self.sent += 1
        name = f"w{self.number}-{self.sent}"
        if self.sent % 5 == 0:
            # Refused for good: nobody is called like that.
            return shop.command(name, "RemoveAgent", {"agentId": f"nobody-{name}"})
        if self.sent % 7 == 0:
            return shop.order(name)
        return shop.command(name, "RegisterCustomer", {"customerId": f"cus-{name}"})

    def settle(self, commands):
        while commands:
            try:
                for outcome in self.running.submit(commands):
                    if outcome["outcome"] != "retry":
                        self.ledger[outcome["id"]].append(outcome)
            except (OSError, http.client.HTTPException, ValueError):
                self.interrupted += 1
                time.sleep(0.01)
            # One that is known may be sent once more, now and then.
            commands = [
                command for command in commands
                if command["id"] not in self.ledger
                or len(self.ledger[command["id"]]) == 1 and self.random.random() < 0.05]


def kill(running, random):
    time.sleep(random.uniform(0.02, 0.3))
    running.kill()
    while random.random() < 0.2:
        running.start(wait=False)
        time.sleep(random.uniform(0, 0.1))
        running.kill()
    running.start()


def compare(writers, events):
    """Every answer is in the log, every command at most once."""
    found = answers.by_command(events)
    count = repeated = 0
    for writer in writers:
        for name, outcomes in writer.ledger.items():
            first = answers.without_replay(outcomes[0])
            if any(answers.without_replay(outcome) != first for outcome in outcomes):
                proof.fail(f"{name} was answered differently: {outcomes}")
            repeated += len(outcomes) > 1
            count += 1
            answers.as_told(outcomes[0], found[name])
    proof.check(count > 0, f"{count} answers are in the log as they were told, {repeated} told twice")


def in_order(writers):
    """One writer's answers come in the order of positions."""
    for writer in writers:
        positions = [outcomes[0]["events"][0]["position"]
                     for outcomes in writer.ledger.values() if "events" in outcomes[0]]
        if positions != sorted(positions):
            proof.fail(f"writer {writer.number}'s commands are in the log in another order")
    proof.check(True, "every writer's commands are in the log in the order they were sent")


def main():
    random, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    stopping = threading.Event()
    writers = [Writer(running, number, type(random)(random.random()), stopping)
               for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(KILLS):
        kill(running, random)
    stopping.set()
    for writer in writers:
        writer.join(timeout=60)
        if writer.is_alive() or writer.error:
            proof.fail(f"writer {writer.number} ends with {writer.error!r}")
    interrupted = sum(writer.interrupted for writer in writers)
    proof.check(interrupted >= KILLS, f"{KILLS} kills interrupted {interrupted} requests")
    same("the service stops well", running.stop(), 0)
    events = services.events(running.data)
    same("positions have no gaps", [int(event["id"]) for event in events],
         list(range(len(events))))
    compare(writers, events)
    in_order(writers)
    proof.output([proof.REDRESS, "verify", "--data", running.data])
    proof.check(True, "the log verifies")


main()
