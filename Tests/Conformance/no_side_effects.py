#!/usr/bin/env python3
"""Proves under strace that what an auditor runs on a stopped data folder changes and sends nothing.

`replay`, `audit`, `verify`, `explain`, `trail` and `backtest` open nothing for writing but their output, make,
rename and remove nothing, and connect to nothing; each file of the folder has the bytes and the time that it
had. `receipt` signs, so on a stopped folder it is the log's one writer: it takes the lock, opens the segment
that a writer would go on with and the derived index, and stores the checkpoint that it signed. It touches
nothing else, sends nothing, and leaves the history, the keys and a checkpoint that was current as they were.
A rebuild of read models, which writes, is noticed by the same means.
"""

import hashlib
import json
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

# Calls that change the names, sizes, times or rights of files, whatever they are given.
CHANGES = ("creat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
           "link", "linkat", "symlink", "symlinkat", "truncate", "ftruncate", "fallocate", "chmod", "fchmod",
           "fchmodat", "chown", "fchown", "lchown", "fchownat", "utime", "utimes", "utimensat", "mknod",
           "mknodat", "setxattr", "fsetxattr", "removexattr", "fremovexattr")
NETWORK = ("connect", "bind", "listen", "sendto", "sendmsg", "sendmmsg")
OPENS = ("open", "openat", "openat2")
# What a receipt opens for writing or changes in the data folder, and the file that Foundation renames to the output.
RECEIPT = (r"data/lock|data/log|data/log/[0-9]{20}\.zst|data/log/index\.sqlite(-wal|-shm)?"
           r"|data/log/checkpoints(/\.?acme(\.tmp)?)?")
RECEIPT_OUT = r"r1\.receipt\.json|\.dat\.nosync[^/]*"


def side_effects(folder, command):
    """The result of a command, and its calls that write, change or send."""
    trace = folder / "trace"
    result = proof.run(
        ["strace", "-f", "-qq", "-y", "-s", "256", "-o", trace,
         "-e", "trace=" + ",".join(f"?{name}" for name in OPENS + CHANGES + NETWORK), *command])
    return result, [call for call in calls(trace.read_text()) if is_effect(call)]


def calls(trace):
    """The calls of all threads; one that was interrupted by others is told in two lines, of which the first
    has what matters."""
    for line in trace.splitlines():
        call = line.split(None, 1)[1]
        if not call.startswith(("<...", "---", "+++")):
            yield call


def is_effect(call):
    name = re.match(r"\w+", call)[0]
    if name in OPENS:
        return bool(re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND", call)) and (
            paths(call) != ["/dev/null"])
    return name in CHANGES + NETWORK


def paths(call):
    """The paths that a call names, and those of its open files."""
    arguments = call.rpartition(" = ")[0]
    named = re.findall(r'"([^"]*)"|\b\d+<([^>]*)>', arguments)
    return [one or other for one, other in named]


def state(data):
    """Every file and folder with its bytes, its time and its rights."""
    found = {}
    for path in sorted([data, *data.rglob("*")]):
        facts = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(data))] = (digest, facts.st_mtime_ns, facts.st_mode, facts.st_size)
    return found


def commands(folder, data):
    change = folder / "change.json"
    change.write_text(json.dumps({"returnWindowDays": 0}))
    on = ["--data", data]
    yield ["replay", *on]
    yield ["replay", *on, "--format", "csv", "--type", "RefundApproved"]
    for form in ("text", "json", "csv", "html"):
        yield ["audit", *on, "--format", form]
    yield ["verify", *on]
    yield ["verify", *on, "--chain"]
    for kind in ("refund", "order", "case", "position"):
        yield ["explain", *on, "--tenant", "acme", kind, "1"]
    yield ["trail", *on, "--tenant", "acme", "case", "1"]
    yield ["backtest", *on, "--policy", change]


def check_receipt(folder, data, before):
    receipt = folder / "r1.receipt.json"
    result, effects = side_effects(folder, [
        proof.REDRESS, "receipt", "--data", data, "--tenant", "acme", "--out", receipt, "1"])
    same("a receipt is written", (result.returncode, receipt.exists()), (0, True))
    allowed = re.compile(f"{re.escape(str(folder))}/({RECEIPT}|{RECEIPT_OUT})")
    others = [effect for effect in effects if effect.startswith(NETWORK)
              or not all(allowed.fullmatch(path) for path in paths(effect))]
    same("it touches what is named here, and sends nothing", others, [])
    after = state(data)
    changed = {name for name in before.keys() | after.keys()
               if before.get(name, [""])[0] != after.get(name, [""])[0]}
    check(changed <= {"lock", "log/index.sqlite"}, "no other byte is another", changed)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    if shutil.which("strace") is None:
        proof.fail("strace is missing: tools/setup --test")
    data = folder / "data"
    running = services.Service(data)
    shop.begin_with_paid_refund(running)
    same("the service stops well", running.stop(), 0)
    before = state(data)
    check(len(before) > 10, f"{len(before)} files and folders are watched")
    for words in commands(folder, data):
        name = " ".join(str(word) for word in words if str(word) != str(data) and word != "--data")
        result, effects = side_effects(folder, [proof.REDRESS, *words])
        same(f"{name} ends well", (result.returncode, result.stderr.decode()), (0, ""))
        same(f"{name}: writes, changes and sends nothing", effects, [])
        same(f"{name}: the folder is as it was", state(data), before)
    check_receipt(folder, data, before)
    before = state(data)
    _, effects = side_effects(folder, [proof.REDRESS, "projections", "rebuild", "--data", data])
    check(any(str(data) in effect for effect in effects) and state(data) != before,
          "a rebuild is noticed, by its calls and by the folder", len(effects))


main()
