#!/usr/bin/env python3
"""Proves that a history which was signed is not signed as if it were new, whatever is taken away.

The newest checkpoint, those by day, or both, are removed from a stopped service: its next start says so and
puts the last one back. Where the log was shortened as well, commands are refused. A note that is missing in
`operations.sqlite`, as before the update that brought it there, is copied at the start.
"""

import json
import pathlib
import shutil
import sqlite3
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

NEWEST, BY_DAY = "checkpoints", "checkpoints-by-day"


def remove(data, *names):
    for name in names:
        shutil.rmtree(data / "log" / name, ignore_errors=True)


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    data = running.data
    running.accepted(shop.opening())
    running.accepted([shop.order(str(number)) for number in range(20)])
    same("it stops", running.stop(), 0)
    note = (data / "log" / NEWEST / "acme").read_bytes()
    shutil.copytree(data, folder / "short")

    records = sqlite3.connect(data / "operations.sqlite")
    with records:
        records.execute("DELETE FROM signed_checkpoints")
    running.start()
    same("it stops", running.stop(), 0)
    copies = records.execute("SELECT note FROM signed_checkpoints WHERE tenant = 'acme'").fetchall()
    same("a note that is missing in operations.sqlite is copied at the start", copies, [(note.decode(),)])
    records.close()

    for names, place in [([NEWEST], "kept by day"), ([NEWEST, BY_DAY], "operations.sqlite")]:
        remove(data, *names)
        running.start()
        said = [line for line in running.words().splitlines()
                if " warning checkpoints" in line and " acme " in line]
        check(len(said) == 1 and place in said[0] and "was put back" in said[0],
              f"without {' and '.join(names)}, the start says what it put back", said)
        same("which is the one that was signed", (data / "log" / NEWEST / "acme").read_bytes(), note)
        same("it stops", running.stop(), 0)

    remove(data, NEWEST, BY_DAY)
    printed = proof.run([proof.REDRESS, "checkpoint", "--data", data, "--tenant", "acme"])
    same("redress checkpoint puts it back as well", printed.stdout.strip(), note.strip())

    running.start()
    running.accepted([shop.order(f"more-{number}") for number in range(20)])
    same("it stops", running.stop(), 0)
    remove(data, NEWEST, BY_DAY)
    shutil.rmtree(data / "log" / "tiles")
    for path in (data / "log").glob("*"):
        path.unlink()
    for path in (folder / "short" / "log").glob("*.zst"):
        shutil.copy(path, data / "log")
    running.start()
    (outcome,) = running.request(
        "POST", "/v1/commands", json_line(shop.order("late")),
        {"Content-Type": "application/x-ndjson"}).lines()
    check("history-contradicted" in str(outcome),
          "an older history under the same keys is found, and commands are refused", outcome)
    check("Events are missing" in running.words(), "and the reason is said", running.words())
    same("it stops", running.stop(), 0)
    shutil.rmtree(data)


def json_line(command):
    return (json.dumps(command) + "\n").encode()


if __name__ == "__main__":
    main()
