#!/usr/bin/env python3
"""Proves what the commands that look at a log say and how they end, whatever is in the folder.

`redress log segments|inspect|seal`, `replay`, `status` and `verify` on a healthy, a damaged, an empty,
a missing and a foreign folder: exit codes are the documented ones, messages name segment, offset and
ordinal, or the folder, and nothing in the log changes.
"""

import csv
import io
import json
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import segments
import service as services
import shop
from proof import check, same

SEGMENT = f"{0:020}.zst"
READING = (["log", "segments"], ["log", "inspect", SEGMENT], ["log", "inspect", f"{0:020}"],
           ["replay"], ["status"], ["verify"])


def content(data):
    return {path: path.read_bytes() for path in sorted(data.glob("log/**/*")) if path.is_file()}


def ends(what, words, data, code, *parts):
    """A command on a folder: its exit code, what it says, and that it changes nothing."""
    before = content(data)
    result = proof.run([proof.REDRESS, *words, "--data", data])
    said = (result.stdout if code == 0 else result.stderr).decode()
    missing = [part for part in parts if str(part) not in said]
    if result.returncode != code or missing or code and len(said.splitlines()) > 3:
        proof.fail(f"{' '.join(words)} on {what} ends with {result.returncode}, not {code}, without "
                   f"{missing}: {said} {result.stderr.decode()}")
    if content(data) != before:
        proof.fail(f"{' '.join(words)} on {what} changes the log")
    print(f"ok  {' '.join(words)} on {what} ends with {code}", flush=True)
    return said


def healthy(data):
    log = (data / "log" / SEGMENT).read_bytes()
    frames = [record for record in segments.records(log) if record.commit_count]
    events = sum(record.event_count for record in frames)
    listed = ends("a healthy log", ["log", "segments"], data, 0, SEGMENT, events, len(log), "no")
    same("it lists one segment", listed.count(".zst"), 1)
    shown = ends("a healthy log", ["log", "inspect", SEGMENT], data, 0, *(
        record.start for record in frames), "mark")
    same("inspect shows each record", len(shown.splitlines()), 1 + len(segments.records(log)))
    ends("a healthy log", ["log", "inspect", f"{0:020}", "--frame", "1"], data, 0, "acme",
         frames[1].start, "(right)")
    ends("a healthy log", ["log", "inspect", SEGMENT, "--frame", "999"], data, 3, "has no frame 999")
    ends("a healthy log", ["log", "inspect", f"{7:020}"], data, 3, f"no segment {7:020}.zst")
    ends("a healthy log", ["log", "inspect"], data, 2, "SEGMENT is missing")
    ends("a healthy log", ["log", "segments", "--frame", "1"], data, 2, "--frame")
    ends("a healthy log", ["log", "sing"], data, 2, "sing")
    ends("a healthy log", ["verify", "--chain"], data, 0, events, "frames")
    ends("a healthy log", ["verify"], data, 0, "as they were signed")
    keyless = data.with_name("keyless")
    shutil.copytree(data, keyless, ignore=shutil.ignore_patterns("keys", "*.sock"))
    ends("a log without keys", ["verify"], keyless, 0, "not checked", "acme")
    same("and verifying makes none", (keyless / "keys").exists(), False)
    for words in (["keys", "show"], ["keys", "rotate"], ["checkpoint"], ["prove", "acme", "0"],
                  ["receipt", "1"]):
        ends("a log without keys", words, keyless, 3, "not the keys", "keys backup")
    same("and none of them makes any", (keyless / "keys").exists(), False)
    nameless = data.with_name("nameless")
    shutil.copytree(data, nameless, ignore=shutil.ignore_patterns("*.sock"))
    (nameless / "keys" / "log-name").write_bytes(b"\xff\xfe")
    for words in (["verify"], ["keys", "show"]):
        ends("a log whose name is damaged", words, nameless, 3, "log-name", "name")
    result = proof.run([proof.REDRESS, "checkpoint", "--data", nameless])
    same("nothing is signed under another name", result.returncode, 3)
    same("and nobody gives it another", (nameless / "keys" / "log-name").read_bytes(), b"\xff\xfe")
    ends("a healthy log", ["prove", "acme", "999999"], data, 3, "no position 999999", "events")
    ends("a healthy log", ["prove", "--consistency", "acme", "9", "5"], data, 3, "first 9 of 5")
    ends("a healthy log", ["checkpoint", "--tenant", "nobody"], data, 3, "no tenant nobody", "acme")
    ends("a healthy log", ["prove", "nobody", "0"], data, 3, "no tenant nobody", "acme")
    ends("a healthy log", ["log"], data, 2, "segments, inspect and seal")
    ends("a healthy log", ["log", "seal"], data, 0, "no segment was full")
    ends("a healthy log", ["status"], data, 0, "no service is running", f"{events} events", SEGMENT)
    printed = ends("a healthy log", ["replay"], data, 0)
    same("replay prints what zstd prints", printed,
         proof.shell('zstd -dcq "$1"', data / "log" / SEGMENT))
    part = ends("a healthy log", ["replay", "--tenant", "acme", "--from", "1", "--to", "2"], data, 0)
    same("or a part of it", part.splitlines(), printed.splitlines()[1:3])
    ends("a healthy log", ["replay", "--tenant", "nobody"], data, 3, "no tenant nobody", "acme")
    ends("a healthy log", ["replay", "--from", "3", "--to", "2"], data, 2, "--from 3")
    ends("a healthy log", ["verify"], data, 0, f"{events} events")


def asked_at_once(data):
    """Whoever asks whether a service runs is none, however many ask."""
    asking = [proof.start([proof.REDRESS, "status", "--data", data], stdout=-1) for _ in range(12)]
    said = [process.communicate(timeout=60)[0].decode().splitlines()[0] for process in asking]
    same("twelve who ask at once see no service", set(said), {"no service is running"})


def damaged(folder, data):
    log = (data / "log" / SEGMENT).read_bytes()
    frames = [record for record in segments.records(log) if record.commit_count]
    frame = frames[len(frames) // 2]
    bad = folder / "damaged"
    (bad / "log").mkdir(parents=True)
    changed = bytearray(log)
    changed[frame.end - 10] ^= 1
    (bad / "log" / SEGMENT).write_bytes(changed)
    for words in READING:
        if words == ["log", "segments"]:  # it looks at headers only, and says so
            continue
        ends("a damaged frame", words, bad, 1, SEGMENT, f"byte {frame.start}",
             f"commit {frame.first_commit}")
    changed[frame.end - 10] ^= 1
    changed[frame.start + 20] ^= 1
    (bad / "log" / SEGMENT).write_bytes(changed)
    for words in (*READING, ["log", "seal"]):
        ends("a damaged header", words, bad, 1, SEGMENT, f"byte {frame.start}",
             f"commit {frame.first_commit}")
    (bad / "log" / SEGMENT).write_bytes(log)
    (bad / "log" / f"{len(frames) + 50:020}.zst").write_bytes(log)
    for words in (["log", "segments"], ["replay"], ["status"], ["verify"]):
        code = 1 if words == ["log", "segments"] else 3
        ends("a log with a segment missing", words, bad, code, f"{len(frames) + 50:020}.zst")
    (bad / "log" / f"{len(frames) + 50:020}.zst").rename(bad / "log" / "notes.zst")
    for words in (["log", "segments"], ["log", "seal"], ["replay"], ["status"], ["verify"]):
        ends("a log with a foreign file", words, bad, 3, "notes.zst")


def empty(folder):
    data = folder / "empty"
    (data / "log").mkdir(parents=True)
    for words in (["log", "segments"], ["log", "seal"], ["replay"], ["status"], ["verify"]):
        ends("an empty log", words, data, 0)
    ends("an empty log", ["log", "inspect", SEGMENT], data, 3, f"no segment {SEGMENT}")
    (data / "log" / SEGMENT).write_bytes(b"")
    for words in (*READING, ["log", "seal"]):
        ends("a log with an empty segment", words, data, 0)


def none(folder):
    foreign = folder / "foreign"
    foreign.mkdir()
    (foreign / "photo.jpg").write_bytes(b"\xff\xd8")
    file = folder / "file"
    file.write_bytes(b"x")
    for what, data in (("no folder", folder / "missing"), ("a foreign folder", foreign),
                       ("a file", file)):
        for words in (*READING, ["log", "seal"]):
            ends(what, words, data, 3, data, "no data folder")
    for words in (["log", "segments"], ["replay"], ["status"], ["verify"]):
        result = proof.run([proof.REDRESS, *words])
        same(f"{' '.join(words)} without --data ends with 2", result.returncode, 2)


def selected(data):
    """`replay` prints what passes every condition, in the form that was asked for."""
    lines = proof.output([proof.REDRESS, "replay", "--data", data]).splitlines()
    events = [json.loads(line) for line in lines]

    def replayed(*words):
        return proof.output([proof.REDRESS, "replay", "--data", data, *words])

    def selects(what, words, condition):
        expected = [line for line, event in zip(lines, events) if condition(event)]
        check(0 < len(expected) < len(lines), f"{what} is a condition", len(expected))
        same(f"replay of {what}", replayed(*words).splitlines(), expected)

    selects("a stream", ["--stream", "order/1"], lambda event: event["subject"] == "order/1")
    selects("a kind of stream", ["--stream", "case/"],
            lambda event: event["subject"].startswith("case/"))
    selects("two streams", ["--stream", "case/", "--stream", "tenant"],
            lambda event: event["subject"].startswith("case/") or event["subject"] == "tenant")
    selects("a type", ["--type", "OrderRecorded"], lambda event: event["type"] == "OrderRecorded")
    selects("an actor", ["--actor", "customer/robin"],
            lambda event: event["actor"] == "customer/robin")
    selects("a kind of actor of two", ["--actor", "customer", "--type", "CaseOpened"],
            lambda event: event["actor"].startswith("customer/") and event["type"] == "CaseOpened")
    time = events[2]["time"]
    selects("a beginning", ["--since", time], lambda event: event["time"] >= time)
    selects("an end", ["--until", time], lambda event: event["time"] < time)
    day = time[:10]
    same("a day begins at midnight", replayed("--since", day).splitlines(), lines)
    same("all of it as one array", json.loads(replayed("--format", "cloudevents")), events)
    rows = list(csv.DictReader(io.StringIO(replayed("--format", "csv"), newline="")))
    same("or as rows", [(row["position"], row["type"], json.loads(row["data"])) for row in rows],
         [(event["id"], event["type"], event["data"]) for event in events])
    table = replayed("--format", "text").splitlines()
    same("or as a table, whose columns line up", {line.find(" 20") for line in table[1:]},
         {table[0].index("TIME") - 1})
    ends("nothing that passes", ["replay", "--until", "2020-01-01"], data, 0)
    for words in (["--type", "OrderRecordet"], ["--actor", "kim"], ["--stream", "orders/1"],
                  ["--since", "2026-13-01"], ["--format", "xml"], ["--since", day, "--until", day]):
        ends("a condition that is none", ["replay", *words], data, 2, words[-1])
    ends("nothing to follow", ["replay", "--follow"], data, 3, "no service runs")


def followed(running, data):
    """`replay --follow` goes on with what the service records and ends with it."""
    following = proof.start([proof.REDRESS, "replay", "--data", data, "--follow", "--type",
                             "CustomerRegistered"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for name in ("first", "second"):
        running.accepted([shop.command(name, "RegisterCustomer", {"customerId": name})])
        same(f"the {name} event arrives", json.loads(following.stdout.readline())["subject"],
             f"customer/{name}")
    return following


def served(folder, data):
    """What may be done beside a service, and what may not."""
    copy = folder / "served"
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.sock", "lock"))
    running = services.Service(copy)
    for words in READING:
        result = proof.run([proof.REDRESS, *words, "--data", copy])
        same(f"{' '.join(words)} beside a service ends with 0", result.returncode, 0)
    result = proof.run([proof.REDRESS, "log", "seal", "--data", copy])
    same("log seal beside a service ends with 3 and names it",
         (result.returncode, str(running.process.pid) in result.stderr.decode()), (3, True))
    following = followed(running, copy)
    same("the service stops well", running.stop(), 0)
    rest, said = following.communicate(timeout=60)
    same("and whoever follows it ends, too", (following.returncode, rest, b"has stopped" in said),
         (0, b"", True))


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "original"
    running = services.Service(data)
    for commands in (shop.opening(), [shop.order("1")], [shop.case("1"), shop.request("1")]):
        running.accepted(commands)
    same("a service with a small log stops well", running.stop(), 0)
    healthy(data)
    selected(data)
    asked_at_once(data)
    damaged(folder, data)
    empty(folder)
    none(folder)
    served(folder, data)


main()
