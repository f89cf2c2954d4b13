"""Writing: commands through the service, the same events through other stores, and the log alone."""

import json
import shutil
import subprocess

from programs import CLIENTS, HERE, REDRESS, REDRESS_BENCH, PostgreSQL, Service, measured, output
from table import median


def latency(result):
    return {name: result[name] for name in ("p50", "p99", "max")}


def commands(bench):
    """Commands per second through the Unix socket, each answered once it is durable."""
    scale = 10 if bench.quick else 1
    kinds = [
        (1, 1, 2_000), (16, 1, 10_000), (64, 1, 30_000), (1_000, 1, 40_000), (1, 100, 40_000),
        (16, 100, 80_000), (64, 100, 128_000)]
    results = {kind: [] for kind in kinds}
    service = Service(bench.path())
    with service:
        service.load(bench.registration(), 1)
        service.load(bench.commands(2_000), 16)
        for _ in range(bench.rounds):
            for kind in kinds:
                connections, batch, count = kind
                count = max(count // scale, connections * batch)
                service.settle()
                results[kind].append(service.load(bench.commands(count), connections, batch))
        memory = service.memory_high_water_mark()
    for (connections, batch, _), runs in results.items():
        what = f"commands/s, {connections:,} connection" + ("s" if connections > 1 else "")
        what += f", NDJSON of {batch}" if batch > 1 else ""
        middle = sorted(runs, key=lambda run: run["perSecond"])[len(runs) // 2]
        bench.table.add(
            what, middle["perSecond"],
            f"(p50 {middle['p50']:.2f} ms, p99 {middle['p99']:.1f}, max {middle['max']:.0f})",
            runs=runs)
        cost = median([run["serviceProcessorMicroseconds"] for run in runs])
        bench.table.add("processor time for each of these", cost, "µs")
        if connections == 1_000:
            p99 = median([run["p99"] for run in runs])
            bench.table.add(
                "p99 at 1,000 connections", p99, "ms", target="< 100 ms", is_met=p99 < 100)
    bench.table.add("memory of that service, high-water mark", memory / 1e6, "MB")
    verify(service)


def verify(service):
    """The history that came of it must be one that the rules allow."""
    output(REDRESS, "verify", "--data", service.data)


def recorded_events(bench, service, commands):
    """The events that came of these commands, as the other stores read them."""
    wanted = set()
    with open(commands, encoding="utf-8") as file:
        wanted.update(json.loads(line)["id"] for line in file)
    path = bench.path()
    numbers = {}
    segments = sorted((service.data / "log").glob("*.zst"))
    with subprocess.Popen(
            ["zstd", "-dc", *segments], stdout=subprocess.PIPE, text=True) as lines, \
            open(path, "w", encoding="utf-8") as file:
        for line in lines.stdout:
            event = json.loads(line)
            if event["commandid"] in wanted:
                number = numbers.setdefault(event["commandid"], len(numbers))
                file.write("\t".join(
                    [str(number), event["subject"], event["type"], str(event["revision"]), line]))
    return path


class Stores:
    """Redress and the others, each ready to write the same events."""

    def __init__(self, bench, service, postgres, count):
        self.bench, self.service, self.postgres, self.count = bench, service, postgres, count
        commands = bench.commands(count)
        service.load(commands, 16, 100)
        self.events = recorded_events(bench, service, commands)

    def redress(self, connections, batch):
        self.service.settle()
        # Many batches for each connection, so that their uneven ends count little.
        count = max(self.count, connections * batch * 20)
        return self.service.load(self.bench.commands(count), connections, batch)

    def message_store(self, connections, has_lock=True):
        sql = (HERE / "message-store.sql").read_text()
        if not has_lock:
            sql = "\n".join(line for line in sql.splitlines() if "/* LOCK */" not in line)
        self.postgres.execute(
            "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            + sql + "CHECKPOINT;")
        return self.postgres.load(self.events, connections)

    def sqlite(self, count):
        return measured(
            REDRESS_BENCH, "sqlite", f"file={self.bench.path()}", f"events={self.events}",
            f"commands={count}")

    def eventsourcing(self, count):
        return measured(
            CLIENTS / "python" / "bin" / "python3", HERE / "eventsourcing_load.py", self.events,
            self.bench.path(), count)


def stores(bench):
    """The same events through Redress and through others, in turns."""
    count = 3_200 if bench.quick else 19_200
    few = 300 if bench.quick else 2_000
    service, postgres = Service(bench.path()), PostgreSQL(bench.path())
    with service, postgres:
        service.load(bench.registration(), 1)
        all_stores = Stores(bench, service, postgres, count)
        subjects = {
            "redress 64": lambda: all_stores.redress(64, 1),
            "message store 64": lambda: all_stores.message_store(64),
            "no lock 64": lambda: all_stores.message_store(64, has_lock=False),
            "redress 64 x 100": lambda: all_stores.redress(64, 100),
            "message store 1": lambda: all_stores.message_store(1),
            "redress 1": lambda: all_stores.redress(1, 1),
            "sqlite": lambda: all_stores.sqlite(few),
            "eventsourcing": lambda: all_stores.eventsourcing(few),
        }
        runs = {name: [] for name in subjects}
        for _ in range(bench.rounds):
            for name, run in subjects.items():
                runs[name].append(run())
    rates = {name: [run["perSecond"] for run in runs] for name, runs in runs.items()}

    def compare(what, ours, beside, theirs, target=None, at_least=None):
        bench.table.compare(
            f"commands/s, {what}", "", rates[ours], beside, rates[theirs], target, at_least,
            runs=runs[ours], besideRuns=runs[theirs])

    compare(
        "64 connections", "redress 64", "PostgreSQL message store, 64 clients",
        "message store 64", "≥ 5 × PostgreSQL message store", 5)
    compare(
        "64 connections, NDJSON of 100", "redress 64 x 100",
        "PostgreSQL message store, 64 clients", "message store 64", "≥ 15 ×", 15)
    compare(
        "64 connections", "redress 64",
        "PostgreSQL, the same table without the lock for each category, 64 clients", "no lock 64")
    compare("1 connection", "redress 1", "PostgreSQL message store, 1 client", "message store 1")
    compare("64 connections", "redress 64", "SQLite table, one writer in process", "sqlite")
    compare("1 connection", "redress 1", "SQLite table, one writer in process", "sqlite")
    compare(
        "64 connections", "redress 64", "Python eventsourcing on SQLite, in process",
        "eventsourcing")


def log(bench):
    """EventLog.append alone, with the events of the mix."""
    scale = 10 if bench.quick else 1
    service = Service(bench.path())
    with service:
        service.load(bench.registration(), 1)
        sent = bench.commands(20_000 // scale)
        service.load(sent, 16, 100)
        events = recorded_events(bench, service, sent)
    kinds = {1: 2_000, 16: 20_000, 64: 60_000, 1_000: 200_000}
    runs = {writers: [] for writers in kinds}
    for _ in range(bench.rounds):
        for writers, count in kinds.items():
            folder = bench.path()
            runs[writers].append(measured(
                REDRESS_BENCH, "log", f"folder={folder}", f"events={events}",
                f"writers={writers}", f"commits={count // scale}"))
            shutil.rmtree(folder)
    for writers, results in runs.items():
        middle = sorted(results, key=lambda run: run["perSecond"])[len(results) // 2]
        bench.table.add(
            f"commits/s of the log alone, {writers:,} writer" + ("s" if writers > 1 else ""),
            middle["perSecond"],
            f"(p50 {middle['p50']:.2f} ms, p99 {middle['p99']:.1f}, max {middle['max']:.0f})",
            runs=results)
