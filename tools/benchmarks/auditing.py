"""Auditing a history beside verifying it, and explaining and proving one refund."""

import os
import subprocess
import time

import mix
from programs import REDRESS, output
from table import median

# Processes that are over in milliseconds are started so often.
STARTS = 20
MEMORY_MAX = 500e6


def measure(bench, row, service, size, refund):
    replays(bench, row, service.data, size)
    backtest(bench, row, service.data, size)
    processes(row, service.data, refund)
    answers(row, service, refund)


class Run:
    """A program that ran, with what it took: seconds, the processors' seconds, bytes."""

    def __init__(self, *words):
        begin = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in words], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"tools/bench: {words[0]} failed ({process.returncode}): {words[1:]}")
        self.seconds = time.monotonic() - begin
        self.processor_seconds = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss * 1024


def replays(bench, row, data, size):
    verified, audited = [], []
    for _ in range(bench.rounds):
        verified.append(Run(REDRESS, "verify", "--data", data))
        audited.append(Run(REDRESS, "audit", "--data", data))
    for what, seconds in (
            ("redress audit, all controls", lambda run: run.seconds),
            ("redress audit, for each second of a core", lambda run: run.processor_seconds)):
        row.compare(
            what, "events/s", [size / seconds(run) for run in audited], "redress verify",
            [size / seconds(run) for run in verified], target="≥ 50 % of redress verify",
            at_least=0.5)
    memory = [run.memory for run in audited]
    row.add(
        "memory of redress audit, high-water mark", max(memory) / 1e6, "MB", target="< 500 MB",
        is_met=max(memory) < MEMORY_MAX, runs=memory)
    row.add(
        "memory of redress verify, high-water mark", max(run.memory for run in verified) / 1e6, "MB")


def backtest(bench, row, data, size):
    change = bench.path()
    change.write_text('{"returnWindowDays":30}', encoding="utf-8")
    runs = [
        Run(REDRESS, "backtest", "--data", data, "--policy", change) for _ in range(bench.rounds)]
    row.add(
        "redress backtest, another return window", median([size / run.seconds for run in runs]),
        "events/s")


def processes(row, data, refund):
    """One refund, by a process of its own; a start alone is measured in turns with it."""
    out = data / "bench.receipt.json"
    for what, words in (
            ("redress explain refund", ["explain", "--data", data, "refund", refund]),
            ("redress receipt", ["receipt", "--data", data, "--out", out, refund])):
        taken, started = [], []
        for _ in range(STARTS):
            started.append(Run(REDRESS, "--help").seconds * 1000)
            taken.append(Run(REDRESS, *words).seconds * 1000)
        row.add(
            f"{what}, a process", median(taken), "ms", "redress --help, ms", median(started),
            median(taken) / median(started), runs=taken)
    output("rm", out)


def answers(row, service, refund):
    service.start()
    for what, path, expected, target in (
            ("GET /v1/receipts/{refund}", f"/v1/receipts/{refund}?tenant={mix.TENANT}",
             '"checkpoint"', 50),
            ("GET /tenants/{tenant}/explain/refund/{refund}",
             f"/tenants/{mix.TENANT}/explain/refund/{refund}?format=json", '"sections"', 20)):
        taken = []
        for _ in range(STARTS):
            begin = time.monotonic()
            if expected not in service.get(path):
                raise SystemExit(f"tools/bench: the service has no {path}")
            taken.append((time.monotonic() - begin) * 1000)
        row.add(
            what, median(taken), "ms", target=f"< {target} ms", is_met=median(taken) < target,
            runs=taken)
    service.stop()
