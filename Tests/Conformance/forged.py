#!/usr/bin/env python3
"""Proves that two verifiers that share no code read the format as FORMAT.md says, whoever wrote it.

Lines, headers and ends of logs are forged, with every length, checksum and chain value made to fit.
`redress verify` and tools/verify-log say the same of each, and what FORMAT.md says.
"""

import collections
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import segments
from log_writer import header
from proof import check, same
from verifier import Judge, agree, compressed, forged, load_tool, log_of, small_log


def refuses_a_forger(judge, data, folder):
    log = folder / "forged"
    log.mkdir()
    (segment,) = (data / "log").glob("*.zst")
    whole = segment.read_bytes()

    def replacing(pattern, replacement, line=-1):
        def change(lines):
            lines[line] = re.sub(pattern, replacement, lines[line], count=1)
            return lines
        return change

    for sentence, change in (
            ("a position", replacing(rb'"id":"(\d+)"', rb'"id":"1\1"')),
            ("a tenant", replacing(rb"/tenants/acme", rb"/tenants/zeta")),
            ("a revision", replacing(rb'"revision":(\d+)', rb'"revision":1\1')),
            ("a revision's kind", replacing(rb'"revision":(\d+)', rb'"revision":\1.0')),
            ("a stream", replacing(rb'"subject":"[^"]*"', rb'"subject":["a"]')),
            ("one of a commit's commands", replacing(rb'"commandid":"', rb'"commandid":"x')),
            ("a line's JSON", replacing(rb"}$", b"")),
            ("a line's length", lambda lines: [*lines[:-1], b""]),
            ("the order of two lines", lambda lines: [*lines[:-2], lines[-1], lines[-2]])):
        (log / segment.name).write_bytes(forged(judge.tool, whole, change))
        check(judge.log(log) is None, f"who changes {sentence} and every checksum is found out")
    (log / segment.name).write_bytes(forged(judge.tool, whole, lambda lines: lines))
    check(judge.log(log), "who changes nothing is not")
    changed = replacing(rb'"recordedtime":"2', rb'"recordedtime":"3')
    (log / segment.name).write_bytes(forged(judge.tool, whole, changed))
    check(judge.log(log), "another history with good numbers looks whole")
    shutil.copytree(data / "log" / "checkpoints", log / "checkpoints")
    check(judge.log(log, judge.keys) is None, "but not beside what was signed")


def reads_headers_alike(judge, data, folder):
    """One header more, or another last one: each field, each number that must fit another."""
    tool, (segment,) = judge.tool, (data / "log").glob("*.zst")
    whole = segment.read_bytes()
    last = [found for found in segments.records(whole) if found.commit_count][-1]
    old = tool.Record(whole, last.start)
    old.read_tables()
    base, end = whole[:last.start], old.end
    ((name, first, count),) = [(name.encode(), *rest) for name, *rest in old.tenants]
    good = dict(at=last.start, ordinal=old.ordinal, chain=old.chain, tenants=[(name, first, count)],
                commits=b"".join(bytes(commit) for commit in old.commits),
                commit_count=len(old.commits), event_count=count, line_bytes=old.line_bytes,
                frame=old.frame)
    mark = dict(at=end, ordinal=old.ordinal + len(old.commits), chain=old.chain)
    same("what FORMAT.md says is what is written", base + header(tool, **good), whole[:end])
    sums = bytes([0x80 | count, 0x80, 0x80, 0x80, 0x00])
    frames = {
        "as it was": ({}, "whole"), "of version 2": ({"version": 2}, "refused"),
        "with an unknown flag": ({"flags": 2}, "refused"), "sealed": ({"flags": 1}, "refused"),
        "of another commit": ({"ordinal": old.ordinal + 1}, "refused"),
        "of the last commit there can be": ({"ordinal": 2**64 - 1}, "refused"),
        "without padding": ({"padding": 0}, "refused"), "with 8 of padding": ({"padding": 8}, "whole"),
        "with 9 of padding": ({"padding": 9}, "refused"),
        "durable beyond its end": ({"durable": old.ordinal + len(old.commits) + 1}, "refused"),
        "durable up to its end": ({"durable": old.ordinal + len(old.commits)}, "whole"),
        "with a tenant's name in other letters": ({"tenants": [(b"ac me", first, count)]}, "refused"),
        "with an empty name": ({"tenants": [(b"", first, count)]}, "refused"),
        "with a name of 65": ({"tenants": [(b"a" * 65, first, count)]}, "refused"),
        "with a tenant of no events": (
            {"tenants": [(name, first, count), (b"nobody", 0, 0)]}, "whole"),
        "with a tenant of no events at a wrong place": (
            {"tenants": [(name, first, count), (b"nobody", 7, 0)]}, "refused"),
        "with a tenant twice": ({"tenants": [(name, first, count), (name, first, 0)]}, "refused"),
        "with a tenant too few": ({"tenant_count": 0}, "refused"),
        "with a tenant too many": ({"tenant_count": 9}, "refused"),
        "with the position before": ({"tenants": [(name, first - 1, count)]}, "refused"),
        "with the last position": ({"tenants": [(name, 2**64 - 1, count)]}, "refused"),
        "with an event more": ({"event_count": count + 1}, "refused"),
        "with a commit more": ({"commit_count": 2}, "refused"),
        "with 2^32 commits": ({"commit_count": 2**32 - 1}, "refused"),
        "with a commit without events": (
            {"commits": good["commits"] + b"\0\0", "commit_count": 2}, "refused"),
        "with a commit of no tenant": ({"commits": bytes([1, count])}, "refused"),
        "with a number in 5 bytes": ({"commits": b"\0" + sums}, "whole"),
        "with a number in 6 bytes": ({"commits": b"\0" + sums[:-1] + b"\x80\0"}, "refused"),
        "with other lines' length": ({"line_bytes": old.line_bytes - 1}, "refused"),
        "with 4 GiB of lines": ({"line_bytes": 2**32 - 1}, "refused"),
        "without a frame": ({"frame": b""}, "refused"),
        "with a frame and an empty one": ({"frame": old.frame + compressed(b"")}, "refused"),
        "with another chain value": ({"chain": bytes(32)}, "refused"),
        "that is too short": ({"length": 92}, "refused"),
        "that is too long": ({"length": 2**26 + 8}, "refused"),
    }
    marks = {
        "as it was": ({}, "whole"), "of a later commit": ({"ordinal": old.ordinal + 2}, "refused"),
        "with a checksum of no frame": ({"crc": 1}, "refused"),
        "with a tenant": ({"tenants": [(name, first + count, 0)]}, "refused"),
        "with lines": ({"line_bytes": 1}, "refused"),
        "with events": ({"event_count": 1}, "refused"),
        "with a frame": ({"frame": compressed(b"")}, "refused"),
        "with another chain value": ({"chain": bytes(32)}, "refused"),
        "sealed": ({"flags": 1}, "refused"),
    }
    for kind, start, fields, cases in (("frame", base, good, frames),
                                       ("mark", whole[:end], mark, marks)):
        for sentence, (change, expected) in cases.items():
            log = log_of(folder / "headers", segment.name, start + header(tool, **fields | change))
            found = agree(judge, log)
            if found != expected:
                proof.fail(f"a {kind} {sentence} is {found}, not {expected}")
        check(True, f"both say the same, and the right thing, of {len(cases)} forged {kind}s")

    def ends(change, cut=0, zeros=None):
        content = bytearray(header(tool, **good | change))
        if zeros:
            content[zeros[0]:zeros[1]] = bytes(zeros[1] - zeros[0])
        return base + bytes(content[:len(content) - cut])

    # The last sector that the record has a part in, which is not in the header's fixed part.
    sector = (old.end // 512 * 512 - last.start, old.end - last.start)
    check(sector[0] >= 88, "the last record has parts in two sectors", sector)
    for sentence, content, expected in (
            ("cut short", ends({}, 1), "torn"), ("of version 2", ends({"version": 2}, 1), "refused"),
            ("sealed", ends({"flags": 1}, 1), "refused"),
            ("of another commit", ends({"ordinal": old.ordinal + 1}, 1), "refused"),
            ("too long", ends({"length": 2**26 + 8}), "refused"),
            ("long", ends({"length": 2**26}), "torn"),
            ("of another commit, without a sector",
             ends({"ordinal": old.ordinal + 1}, 0, sector), "refused"),
            ("without a sector", ends({}, 0, sector), "torn")):
        found = agree(judge, log_of(folder / "headers", segment.name, content))
        same(f"a last record {sentence}, is {expected}", found, expected)


def reads_short_ends_alike(judge, data, folder, random):
    """Tails of fewer bytes than a header's fixed part, across the bounds of sectors."""
    (segment,) = (data / "log").glob("*.zst")
    whole, counts = segment.read_bytes(), collections.Counter()
    record = next(iter(segments.records(whole)))
    for case in range(240):
        tail = bytearray(whole[record.start:record.start + random.randrange(1, 200)])
        bound = 512 - len(whole) % 512
        kind = case % 6
        if kind == 1:
            tail[random.randrange(len(tail))] ^= 0x20
        elif kind == 2:
            tail[:random.randrange(len(tail))] = b""
        elif kind == 3:
            tail[bound:] = bytes(max(0, len(tail) - bound))
            tail[0] ^= 1
        elif kind == 4:
            tail[:bound] = bytes(min(bound, len(tail)))
        elif kind == 5:
            tail = bytearray(random.choice([b"\0", b"\x5d", b"x"]) * random.randrange(1, 1500))
        counts[agree(judge, log_of(folder / "tails", segment.name, whole + tail))] += 1
    check(len(counts) >= 2, f"both say the same of 240 short ends: {dict(counts)}", counts)


def main():
    random, folder = proof.begin(__doc__.splitlines()[0])
    data, vkeys = small_log(folder, "original", ["1", "2"])
    other, _ = small_log(folder, "other", ["3", "4"], lines=150)
    judge = Judge(load_tool(), vkeys)
    refuses_a_forger(judge, data, folder)
    reads_headers_alike(judge, other, folder)
    reads_short_ends_alike(judge, data, folder, random)


main()
