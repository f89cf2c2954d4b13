"""tools/bench: measures Redress and other software for the same work in turns, and compares."""

import argparse
import itertools
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import against
import domain
import history
import mix
import sealing
import tenants
import writing
from table import Table

PARTS = {
    "domain": domain.measure, "commands": writing.commands, "stores": writing.stores,
    "log": writing.log, "sealing": sealing.measure, "history": history.measure,
    "tenants": tenants.measure}


class Bench:
    """What all parts share."""

    def __init__(self, arguments, folder):
        self.folder = Path(folder)
        self.table = Table()
        self.quick = arguments.quick
        self.rounds = arguments.rounds
        self.event_count_max = arguments.events
        self.names = (f"f{number}" for number in itertools.count())

    def say(self, text):
        print(f"tools/bench: {text}", file=sys.stderr, flush=True)

    def path(self):
        """A new name for something temporary."""
        return self.folder / next(self.names)

    def commands(self, count, kind=mix.independent):
        """A file of commands that were not sent before."""
        path = self.path()
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in kind(path.name, count))
        return path

    def registration(self):
        path = self.path()
        path.write_text(mix.REGISTRATION + "\n", encoding="utf-8")
        return path


def is_on_a_disk(folder):
    kind = subprocess.run(
        ["findmnt", "-no", "FSTYPE", "-T", folder], stdout=subprocess.PIPE, text=True, check=False)
    return kind.stdout.strip() not in ("tmpfs", "ramfs", "overlay")


def sync_milliseconds(folder):
    """How long this disk takes to make 4 KiB durable, at the median."""
    path = folder / "sync"
    times = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            begin = time.monotonic()
            os.fdatasync(file.fileno())
            times.append((time.monotonic() - begin) * 1000)
    path.unlink()
    return sorted(times)[len(times) // 2]


def main():
    parser = argparse.ArgumentParser(prog="tools/bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--events", type=int, default=None)
    parser.add_argument("--only", action="append", choices=PARTS, default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out")
    parser.add_argument("--against")
    arguments = parser.parse_args()
    arguments.events = arguments.events or (100_000 if arguments.quick else 1_000_000)
    out = Path(arguments.out or tempfile.mkdtemp(prefix="redress-bench-"))
    out.mkdir(parents=True, exist_ok=True)

    # A disk that is memory would make every sync free.
    base = next((f for f in (tempfile.gettempdir(), "/var/tmp") if is_on_a_disk(f)), None)
    folder = tempfile.mkdtemp(prefix="rb-", dir=base)
    # PostgreSQL runs as another user and needs access.
    os.chmod(folder, 0o711)
    bench = Bench(arguments, folder)
    about = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "loadBefore": os.getloadavg()[0], "syncMilliseconds": sync_milliseconds(bench.folder),
        "rounds": bench.rounds, "isQuick": bench.quick}
    try:
        if arguments.against:
            against.measure(bench, arguments.against, 2 if bench.quick else 11)
            (out / "bench.json").write_text(bench.table.json(**about), encoding="utf-8")
        for name, part in PARTS.items():
            if not arguments.against and (not arguments.only or name in arguments.only):
                bench.say(name)
                part(bench)
                (out / "bench.json").write_text(bench.table.json(**about), encoding="utf-8")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{about['machine']}; a sync of 4 KiB takes {about['syncMilliseconds']:.2f} ms; "
        f"{bench.rounds} rounds\n")
    print(bench.table.markdown(), end="")
    bench.say(f"{out / 'bench.json'} has the details")


main()
