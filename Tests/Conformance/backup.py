#!/usr/bin/env python3
"""Proves that a backup of a running service is whole, cheap to repeat, and a service again.

While commands are accepted, the log is backed up, twice; what is sealed is linked, not copied. Both verifiers
believe every backup. One that was interrupted is finished by the next. A restored service goes on; an
older backup in the place of a folder that has signed more is read and not written. Wrong targets
are refused with nothing changed.
"""

import pathlib
import shutil
import signal
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

VERIFY_LOG = proof.ROOT / "tools" / "verify-log"


class Writer(threading.Thread):
    """Submits orders until it is told to end."""

    def __init__(self, running):
        super().__init__(daemon=True)
        self.running, self.is_ending, self.count = running, False, 0

    def run(self):
        while not self.is_ending:
            self.running.accepted([shop.order(f"w-{self.count}-{n}", lines=4) for n in range(20)])
            self.count += 1

    def end(self):
        self.is_ending = True
        self.join()


def backup(data, target):
    result = proof.run([proof.REDRESS, "backup", "--data", data, target])
    return result.returncode, (result.stdout + result.stderr).decode()


def believed(folder, sentence):
    proof.output([proof.REDRESS, "verify", "--data", folder])
    proof.output([VERIFY_LOG, folder / "log"])
    check(True, sentence)


def is_start_of(part, whole):
    return len(part) > 0 and whole[: len(part)] == part


def while_it_writes(folder, running):
    writer = Writer(running)
    writer.start()
    proof.wait_until(lambda: writer.count > 5, "commands are accepted")
    code, said = backup(running.data, folder / "backup")
    same("a running service is backed up", (code, said if code else ""), (0, ""))
    first = services.events(folder / "backup")
    believed(folder / "backup", f"both verifiers believe the backup of {len(first)} events")
    at = writer.count
    proof.wait_until(lambda: writer.count > at + 5, "more commands are accepted")
    same("backed up once more", backup(running.data, folder / "backup")[0], 0)
    second = services.events(folder / "backup")
    check(len(second) > len(first) and is_start_of(first, second),
          f"it has what was new, {len(second)} events, and what was there", len(second))
    believed(folder / "backup", "both verifiers believe it again")
    interrupted(folder, running)
    writer.end()
    return second


def interrupted(folder, running):
    """kill -9 at several moments; whatever is left verifies or is finished by the next run."""
    target = folder / "interrupted"
    for delay in (0.002, 0.005, 0.01, 0.02, 0.05):
        process = proof.start([proof.REDRESS, "backup", "--data", running.data, target],
                              stdout=-3, stderr=-3)
        threading.Event().wait(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if list(target.glob("log/*.zst")):
            proof.output([proof.REDRESS, "verify", "--data", target])
    same("interrupted five times, it is finished by the next", backup(running.data, target)[0], 0)
    believed(target, "and believed")


def sealed_is_linked(folder):
    """A full segment, sealed, has one inode in the data folder and in every backup beside it."""
    data = folder / "large"
    running = services.Service(data)
    running.accepted(shop.opening())
    number = 0
    while len(list((data / "log").glob("*.zst"))) < 2:
        running.accepted([shop.order(f"big-{number}-{part}", lines=1000) for part in range(20)])
        number += 1
    same("a service with a full segment stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "log", "seal", "--data", data], timeout=300)
    for name in ("once", "twice"):
        same(f"backed up, {name}", backup(data, folder / name)[0], 0)
    sealed = "00000000000000000000.zst"
    inodes = {(root / "log" / sealed).stat().st_ino
              for root in (data, folder / "once", folder / "twice")}
    same("the sealed segment is there three times and on the disk once", len(inodes), 1)
    shutil.rmtree(data)
    believed(folder / "twice", "the backup is whole without what it was made of")


def restored(folder, running, events):
    target = folder / "restored"
    proof.output([proof.REDRESS, "restore", "--data", target, folder / "backup"])
    same("restored, it has the events of the backup", services.events(target), events)
    believed(target, "both verifiers believe what was restored")
    shutil.copytree(running.data / "keys", target / "keys")
    same("the service stops well", running.stop(), 0)
    signed = shutil.copytree(running.data / "log" / "checkpoints", folder / "signed")
    again = services.Service(target)
    again.accepted([shop.order("after-restoring")])
    later = [event for event in services.events(target)[len(events):]
             if event["source"] != "/tenants/_system"]
    check(later[0]["subject"] == "order/after-restoring",
          "the restored service goes on where the backup ended")
    same("it stops well", again.stop(), 0)

    # The same old backup, beside the promises of the folder that went on.
    old = folder / "old"
    proof.output([proof.REDRESS, "restore", "--data", old, folder / "backup"])
    shutil.copytree(running.data / "keys", old / "keys")
    shutil.rmtree(old / "log" / "checkpoints", ignore_errors=True)
    shutil.copytree(signed, old / "log" / "checkpoints")
    late = services.Service(old)
    check("commands are refused" in late.words(), "an older copy says so at its start", late.words())
    answer = late.submit([shop.order("never")])[0]
    check(answer.get("status") == 503 or "contradict" in str(answer), "it takes no commands", answer)
    same("and goes on being read", late.get("/v1/refunds").status, 200)
    late.stop()
    # No verifier may believe it.
    shutil.rmtree(old)


def refused(folder, data):
    """Wrong targets: a clear word, and nothing changed."""
    (folder / "full").mkdir()
    (folder / "full" / "letter").write_text("mine")
    cases = [
        ("a backup that is missing", ["restore", "--data", folder / "x", folder / "none"]),
        ("restoring into a folder with other files",
         ["restore", "--data", folder / "full", folder / "backup"]),
        ("restoring over a data folder", ["restore", "--data", data, folder / "backup"]),
        ("a backup of nothing", ["backup", "--data", folder / "none", folder / "y"]),
        ("a backup inside the data folder", ["backup", "--data", data, data / "log"]),
        ("a backup over another history", ["backup", "--data", folder / "other", folder / "backup"]),
    ]
    other = services.Service(folder / "other")
    other.accepted(shop.opening("zeta"))
    other.stop()
    before = services.events(data), services.events(folder / "backup")
    for what, words in cases:
        result = proof.run([proof.REDRESS, *words])
        said = result.stderr.decode().strip()
        check(result.returncode in (1, 2, 3) and len(said) > 20, f"{what} is refused: {said[:150]}",
              (result.returncode, said))
    same("nothing was changed by it",
         (services.events(data), services.events(folder / "backup")), before)
    same("nor was the letter", (folder / "full" / "letter").read_text(), "mine")


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    events = while_it_writes(folder, running)
    restored(folder, running, events)
    refused(folder, running.data)
    sealed_is_linked(folder)


main()
