"""tools/bench --against CHECKOUT: this tree and another one, measured in alternating pairs.

Both have a release build. Every pair measures each figure once in either tree, in an order that
changes from pair to pair, so that what else the machine does falls on both. What is printed is the
median of the ratios, this tree to the other; over 1 is faster.
"""

import shutil
import subprocess
from pathlib import Path

import mix
import programs
from programs import CLIENTS, Service, measured, timed
from table import median

# Long enough that starting a program counts little.
HISTORY_EVENT_COUNT = 200_000
LEAST_RATIO = 0.95


class Tree:
    """A checkout with a release build."""

    def __init__(self, name, path):
        self.name = name
        self.redress = Path(path) / ".build" / "release" / "redress"
        self.bench = Path(path) / ".build" / "release" / "redress-bench"
        for program in (self.redress, self.bench):
            if not program.exists():
                raise SystemExit(f"tools/bench: {program} is missing; build that checkout first")

    def service(self, folder):
        return Service(folder, self.redress)

    def submitted(self, bench, connections, batch, count):
        """Commands per second of a service on a new folder."""
        folder = bench.path()
        service = self.service(folder)
        with service:
            service.load(bench.registration(), 1)
            service.load(bench.commands(2_000), 16)
            service.settle()
            rate = service.load(bench.commands(count), connections, batch)["perSecond"]
        shutil.rmtree(folder)
        return rate

    def replayed(self, data):
        """Of five readings, as one takes less than a second."""
        words = [self.bench, "read", f"folder={data / 'log'}", "mode=typed"]
        return median([measured(*words)["eventsPerSecond"] for _ in range(5)])

    def verified(self, data):
        return 1 / timed(self.redress, "verify", "--data", data)[0]

    def rebuilt(self, data):
        """Of a copy, since each tree has read models of its own versions."""
        subprocess.run([self.redress, "projections", "rebuild", "--data", data], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return 1 / timed(self.redress, "projections", "rebuild", "--data", data)[0]


def history(bench, tree):
    """A data folder with the lives of refunds."""
    service = tree.service(bench.path())
    with service:
        service.load(bench.registration(), 1)
        lives = HISTORY_EVENT_COUNT // mix.LIFE_EVENT_COUNT
        lives -= lives % 4
        service.load(bench.commands(
            lives * mix.LIFE_COMMAND_COUNT, lambda run, _: mix.lives(run, lives)), 4, 500)
        service.settle()
    return service.data


def measure(bench, checkout, pair_count):
    ours, theirs = Tree("this tree", programs.REPOSITORY), Tree("the other", checkout)
    bench.say(f"making a history of {HISTORY_EVENT_COUNT:,} events")
    data = history(bench, theirs)
    copies = {}
    for tree in (ours, theirs):
        copies[tree] = bench.path()
        shutil.copytree(data, copies[tree], ignore=shutil.ignore_patterns("redress.sock"))
    scale = 10 if bench.quick else 1
    subjects = {
        "commands/s, 64 connections": lambda t: t.submitted(bench, 64, 1, 30_000 // scale),
        "commands/s, 64 connections, NDJSON of 100":
            lambda t: t.submitted(bench, 64, 100, 128_000 // scale),
        "typed replay": lambda t: t.replayed(copies[t]),
        "redress verify": lambda t: t.verified(copies[t]),
        "redress projections rebuild": lambda t: t.rebuilt(copies[t]),
    }
    rates = {what: {ours: [], theirs: []} for what in subjects}
    for pair in range(pair_count):
        order = (ours, theirs) if pair % 2 == 0 else (theirs, ours)
        for what, run in subjects.items():
            for tree in order:
                rates[what][tree].append(run(tree))
        bench.say(f"pair {pair + 1} of {pair_count}: " + ", ".join(
            f"{runs[ours][-1] / runs[theirs][-1]:.2f}" for runs in rates.values()))
    for what, runs in rates.items():
        bench.table.compare(
            what, "/s", runs[ours], "the other checkout", runs[theirs],
            target=f"≥ {LEAST_RATIO} ×", at_least=LEAST_RATIO)
