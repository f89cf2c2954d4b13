"""Reading and starting, as a function of how long the history is."""

import os
import re
import signal
import time

import auditing
import mix
from programs import REDRESS, REDRESS_BENCH, Service, measured, output, timed
from table import median

# One request holds so many commands of one connection, while a history is made.
BATCH = 500
CONNECTIONS = 4
CHUNK = 1_000_000


def measure(bench):
    size = 10_000
    while size <= bench.event_count_max:
        measure_one(bench, size)
        size *= 10


def measure_one(bench, size):
    bench.say(f"history of {size:,} events")
    service = Service(bench.path())
    service.start()
    service.load(bench.registration(), 1)
    begin = time.monotonic()
    for chunk in range(0, size, CHUNK):
        lives = min(size - chunk, CHUNK) // mix.LIFE_EVENT_COUNT
        # Each connection's part is made of whole lives.
        lives -= lives % CONNECTIONS
        commands = bench.commands(lives * mix.LIFE_COMMAND_COUNT, lambda run, _: mix.lives(run, lives))
        service.load(commands, CONNECTIONS, BATCH)
        refund = f"srf_{commands.name}-0"
        os.unlink(commands)
    made = time.monotonic() - begin
    service.settle()
    bench.say(f"made in {made:.0f} s, read models up to date after {time.monotonic() - begin:.0f} s")
    memory = service.memory_high_water_mark()
    service.stop()

    row = Rows(bench, size)
    sizes(row, service, size)
    row.add("memory of the service, high-water mark", memory / 1e6, "MB")
    starts(bench, row, service)
    reading(bench, row, service)
    auditing.measure(bench, row, service, size, refund)
    cold_loads(bench, row, service)
    output("rm", "-rf", service.data)


class Rows:
    """Rows about a history of one size."""

    def __init__(self, bench, size):
        self.table = bench.table
        self.suffix = f", {size:,} events"
        # Small figures say nothing about what a large history takes.
        self.counts = size >= 100_000

    def add(self, what, *arguments, is_met=None, target=None, **details):
        self.table.add(
            what + self.suffix, *arguments, target=target if self.counts else None,
            is_met=is_met if self.counts else None, **details)

    def compare(self, what, *arguments, target=None, at_least=None, **details):
        self.table.compare(
            what + self.suffix, *arguments, target=target if self.counts else None,
            at_least=at_least if self.counts else None, **details)


def byte_count(folder, pattern):
    return sum(path.stat().st_blocks * 512 for path in folder.glob(pattern) if path.is_file())


def sizes(row, service, size):
    for what, folder, pattern in (
            ("bytes on disk/event, segments", service.data / "log", "*.zst"),
            ("bytes on disk/event, the log's index", service.data / "log", "index.sqlite*"),
            ("bytes on disk/event, read models", service.data / "read-models", "*")):
        row.add(what, byte_count(folder, pattern) / size, "bytes")


def starts(bench, row, service):
    clean, killed = [], []
    for _ in range(bench.rounds):
        clean.append(service.start())
        service.load(bench.commands(1_000), 10)
        service.stop(signal.SIGKILL)
        killed.append(service.start())
        service.stop()
    row.add(
        "start to first answer after a clean stop", median(clean), "s", target="< 2 s",
        is_met=median(clean) < 2, runs=clean)
    row.add(
        "start to first answer after kill -9", median(killed), "s", target="< 5 s",
        is_met=median(killed) < 5, runs=killed)


def reading(bench, row, service):
    """One core's own time is measured, so that other programs disturb it little."""
    log = service.data / "log"
    segments = sorted(log.glob("*.zst"))
    cores = os.cpu_count() or 1
    lines, chain, typed, zstd, proven, verified, verified_core = [], [], [], [], [], [], []
    sha256 = {"the lines' mean size": [], "16 KiB": []}
    for _ in range(bench.rounds):
        run = measured(REDRESS_BENCH, "read", f"folder={log}", "mode=lines")
        megabytes, mean = run["bytes"] / 1e6, round(run["bytes"] / run["events"])
        lines.append(run["megabytesPerSecond"])
        zstd.append(megabytes / timed("sh", "-c", 'zstd -dcq "$@" >/dev/null', "sh", *segments)[1])
        run = measured(REDRESS_BENCH, "read", f"folder={log}", "mode=chain")
        chain.append(run["megabytesPerSecond"])
        run = measured(REDRESS_BENCH, "read", f"folder={log}", "mode=typed")
        typed.append(run["eventsPerSecond"])
        proven.append(megabytes / timed(REDRESS, "verify", "--data", service.data, "--chain")[0])
        time_taken, processor_time = timed(REDRESS, "verify", "--data", service.data)
        verified.append(megabytes / time_taken)
        verified_core.append(megabytes / processor_time)
        for name, block in (("the lines' mean size", mean), ("16 KiB", 16384)):
            sha256[name].append(sha256_rate(block))
    row.add(
        "typed replay on one core", median(typed), "events/s", target="≥ 200,000 events/s",
        is_met=median(typed) >= 200_000, runs=typed)
    row.compare(
        "reading lines on one core", "MB/s", lines, "zstd -dc", zstd,
        target="≥ 70 % of zstd -dc", at_least=0.7)
    for name, rates in sha256.items():
        name = f"SHA-256 on one core, blocks of {name}" + (f" ({mean} bytes)" if "mean" in name else "")
        row.compare("reading lines and checking the chain on one core", "MB/s", chain, name, rates)
    # Of its processor time 35 % is hashing (lines 28 %, chain values 7 %), 30 % decompression, 4 %
    # checksums of frames; the rest copies lines, finds their ends and reads. So it would come to 54 %
    # of the hashing alone if it only decompressed and hashed.
    for name, rates in sha256.items():
        name = f"SHA-256 × cores, blocks of {name}" + (f" ({mean} bytes)" if "mean" in name else "")
        row.compare(
            "redress verify --chain", "MB/s", proven, name, [rate * cores for rate in rates],
            target="≥ 60 % of the SHA-256 rate × cores", at_least=0.6)
    row.add("redress verify, all rules", median(verified), "MB/s", runs=verified)
    row.add("redress verify, for each second of a core", median(verified_core), "MB/s")


def sha256_rate(block):
    """MB/s on one core."""
    text = output("openssl", "speed", "-mr", "-seconds", 1, "-bytes", block, "-evp", "sha256",
                  stderr=-3)
    return float(re.search(r"^\+F:.*:([0-9.]+)$", text, re.MULTILINE).group(1)) / 1e6


def cold_loads(bench, row, service):
    """Once with the log opened anew, once with its files not even in the system's cache."""
    for dropping, what in ((0, "log opened anew"), (1, "log opened anew, nothing in the cache")):
        result = measured(
            REDRESS_BENCH, "cold", f"folder={service.data / 'log'}", f"dropping={dropping}",
            f"loads={20 if bench.quick else 200}")
        for quantile in ("p50", "p99"):
            disk = result["diskRead"][quantile] if dropping else None
            row.add(
                f"cold load of one aggregate, {quantile}, {what}", result[quantile], "ms",
                "one read of 4 KiB from the disk, ms" if dropping else None, disk,
                result[quantile] / disk if disk else None,
                target="< 5 ms" if quantile == "p99" else None,
                is_met=result[quantile] < 5 if quantile == "p99" else None, run=result)
