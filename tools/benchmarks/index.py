#!/usr/bin/env python3
"""The log's index beside a SQLite table WITHOUT ROWID and LMDB: the same entries, the same look-ups.

    swift build -c release --product log-benchmark
    apt-get install liblmdb-dev
    tools/benchmarks/index.py [EVENTS [RUNS]]

The three take turns, RUNS times (5); printed are medians, and the ratios to the log's index.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BENCHMARK = HERE.parents[1] / ".build" / "release" / "log-benchmark"
ROWS = ["load", "streams", "commands", "new commands", "written, MB", "file, MB"]
LOOKUPS = 100_000


def main():
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        client = f"{folder}/index-load"
        subprocess.run(
            ["g++", "-O2", "-std=c++20", "-o", client, HERE / "clients" / "index-load.cpp",
             "-lsqlite3", "-llmdb", "-lcrypto"], check=True)
        sizes = [str(events), str(events // 10), str(LOOKUPS)]
        programs = {
            "LogIndex": lambda file: [
                BENCHMARK, "index", file, "--events", sizes[0], "--streams", sizes[1],
                "--loads", sizes[2]],
            "WITHOUT ROWID": lambda file: [client, "sqlite", file, *sizes],
            "LMDB": lambda file: [client, "lmdb", file, *sizes],
        }
        found = {name: {row: [] for row in ROWS} for name in programs}
        for run in range(runs):
            for name, program in programs.items():
                file = f"{folder}/{run}-{name.replace(' ', '-')}"
                for row, value in measure(program(file), file).items():
                    found[name][row].append(value)
    for row in ROWS:
        medians = {name: statistics.median(values[row]) for name, values in found.items()}
        cells = [
            f"{name} {value:,.0f} ({value / medians['LogIndex']:.2f})"
            for name, value in medians.items()]
        print(f"{row:13} " + "   ".join(cells))


def measure(program, file):
    """What the program prints, the bytes that it made the system write, and the file's length."""
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    lines = process.stdout.read().splitlines()
    # The process has ended, and is still there to be asked.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with open(f"/proc/{process.pid}/io", encoding="ascii") as io:
        written = next(int(line.split()[1]) for line in io if line.startswith("write_bytes"))
    if process.wait() != 0:
        sys.exit(f"{program[0]} failed")
    values = {name: float(value) for name, value in (line.split(": ") for line in lines)}
    values["written, MB"] = written / 1e6
    values["file, MB"] = os.path.getsize(file) / 1e6
    for path in pathlib.Path(file).parent.glob(pathlib.Path(file).name + "*"):
        path.unlink()
    return values


if __name__ == "__main__":
    main()
