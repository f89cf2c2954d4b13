#!/usr/bin/env python3
"""Proves that signing a checkpoint survives whatever the kernel refuses, and being killed anywhere.

strace makes each single call with which `redress checkpoint` opens, writes, syncs, renames or removes
something in the data folder fail, or kills the process there. A note that was printed all the same is
the one that was kept; and the next run signs the whole log, as tools/verify-log finds too.
"""

import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

ERRORS = {
    "openat": ["EMFILE", "EIO", "ENOSPC"], "mkdir": ["ENOSPC", "EIO"], "write": ["ENOSPC", "EIO"],
    "pwrite64": ["ENOSPC", "EIO"], "fsync": ["EIO"], "fdatasync": ["EIO"], "rename": ["EIO"],
    "unlink": ["EIO"],
}
NAMED = ("openat", "mkdir", "rename", "unlink")


def unsigned_log(folder):
    """A data folder with keys and a log, of which nothing was ever signed."""
    data = folder / "original"
    running = services.Service(data)
    running.accepted(shop.opening())
    running.accepted([shop.order(str(number)) for number in range(300)])
    same("the service stops well", running.stop(), 0)
    for name in ("checkpoints", "checkpoints-by-day", "tiles"):
        shutil.rmtree(data / "log" / name)
    for name in ("", "-wal", "-shm"):
        (data / f"operations.sqlite{name}").unlink(missing_ok=True)
    return data


def checkpoint(data, *strace):
    return proof.run([*strace, proof.REDRESS, "checkpoint", "--data", data])


def calls(data, trace):
    """Which calls concern the data folder, as (name, number); strace counts for each thread from 1."""
    result = checkpoint(data, "strace", "-f", "-qq", "-o", trace, "-e", "trace=" + ",".join(ERRORS))
    same("a checkpoint is signed under strace", result.returncode, 0)
    numbers, found = collections.Counter(), set()
    for line in trace.read_text().splitlines():
        thread, call = line.split(None, 1)
        name = re.match(r"\w*", call)[0]
        if name in ERRORS:
            numbers[thread, name] += 1
            if name not in NAMED or str(data) in call:
                found.add((name, numbers[thread, name]))
    return sorted(found)


def order(original, folder):
    """What is synced and renamed among the checkpoints, in order."""
    data, trace = folder / "order", folder / "order.trace"
    shutil.copytree(original, data)
    checkpoint(data, "strace", "-f", "-y", "-qq", "-o", trace, "-e", "trace=fsync,rename")
    found = re.findall(r"(fsync|rename)\((?:\d+<|\")([^>\"]*)", trace.read_text())
    return [(call, pathlib.Path(path).name) for call, path in found if "/log/checkpoints" in path]


def outcome(original, folder, keys, name, number, how):
    """What is wrong after this call failed, or the process was killed in it; None if nothing is."""
    data = folder / f"{name}-{number}-{how.replace(':', '-')}"
    shutil.copytree(original, data)
    result = checkpoint(data, "strace", "-f", "-qq", "-o", "/dev/null", "-e",
                        f"inject={name}:{how}:when={number}")
    kept = list((data / "log" / "checkpoints").glob("[!.]*"))
    wrong = None
    if result.stdout and [result.stdout.strip()] != [note.read_bytes().strip() for note in kept]:
        wrong = f"it printed {result.stdout} and kept {kept}"
    again = checkpoint(data)
    if again.returncode != 0:
        wrong = f"the next run ends with {again.returncode}: {again.stderr.decode()}"
    else:
        judged = subprocess.run(
            [proof.ROOT / "tools" / "verify-log", data / "log", "--key", f"@{keys}"],
            capture_output=True, check=False)
        if judged.returncode != 0:
            wrong = f"tools/verify-log: {judged.stdout.decode()}{judged.stderr.decode()}"
    shutil.rmtree(data)
    return wrong and f"{name} {number}, {how}: {wrong}", result.returncode != 0


def main():
    _, folder = proof.begin(__doc__)
    original = unsigned_log(folder)
    synced = order(original, folder)
    same("a note is on the disk before its name is, and then its name is", synced[:3],
         [("fsync", ".acme.tmp"), ("rename", ".acme.tmp"), ("fsync", "checkpoints")])
    *folders, note, renamed, named = [(call, re.sub("[0-9]+", "N", name)) for call, name in synced[3:]]
    same("and so is the day's, in its new folder, after the newest", (folders, note, renamed, named),
         ([("fsync", "checkpoints-by-day")], ("fsync", ".N-N-N.tmp"), ("rename", ".N-N-N.tmp"),
          ("fsync", "acme")))
    traced = folder / "traced"
    shutil.copytree(original, traced)
    found = calls(traced, folder / "trace")
    keys = folder / "keys.txt"
    keys.write_text(proof.output([proof.REDRESS, "keys", "show", "--data", traced]))
    names = {name for name, _ in found}
    check({"openat", "write", "rename"} <= names and names & {"fsync", "fdatasync"},
          f"{len(found)} calls concern the folder: {' '.join(sorted(names))}")
    faults = [
        (name, number, how) for index, (name, number) in enumerate(found)
        for how in (f"error={ERRORS[name][index % len(ERRORS[name])]}", "signal=KILL")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda fault: outcome(original, folder, keys, *fault), faults))
    same("none of the failures costs anything", [wrong for wrong, _ in results if wrong], [])
    check(sum(ended for _, ended in results) > len(found),
          f"{sum(ended for _, ended in results)} of {len(faults)} ended the run")


main()
