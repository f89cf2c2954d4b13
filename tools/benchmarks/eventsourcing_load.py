"""Writes recorded events with the Python library eventsourcing into its SQLite recorder, one insert,
and so one transaction, for each command. Prints the same JSON object as the other clients.

usage: eventsourcing_load.py EVENTS DATABASE COMMANDS
"""

import json
import sys
import time
import uuid

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore


def commands_of(path, count):
    commands, last = [], None
    with open(path, encoding="utf-8") as file:
        for line in file:
            command, stream, kind, revision, data = line.rstrip("\n").split("\t")
            if command != last:
                if len(commands) == count:
                    break
                commands.append([])
                last = command
            commands[-1].append(
                StoredEvent(uuid.uuid5(uuid.NAMESPACE_URL, stream), int(revision), kind, data.encode()))
    return commands


def main():
    events, database, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    commands = commands_of(events, count)
    recorder = SQLiteApplicationRecorder(SQLiteDatastore(database))
    recorder.create_table()
    latencies = []
    start = time.monotonic()
    for command in commands:
        begin = time.monotonic()
        recorder.insert_events(command)
        latencies.append((time.monotonic() - begin) * 1000)
    seconds = time.monotonic() - start
    latencies.sort()
    print(json.dumps({
        "seconds": seconds, "accepted": len(commands), "perSecond": len(commands) / seconds,
        "p50": latencies[len(latencies) // 2], "p99": latencies[int(len(latencies) * 0.99)],
        "max": latencies[-1]}))


main()
