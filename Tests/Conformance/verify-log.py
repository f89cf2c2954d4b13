#!/usr/bin/env python3
"""Proves that tools/verify-log, which shares no code with Redress, believes it and nothing else.

It finds a whole log good, with its checkpoints and proofs. It refuses that log with any one byte
changed, with a segment or events missing, another history under the same signature, and every
changed checkpoint or proof, also of consistency; of a torn tail it says what Redress says. SAMPLES=all
tries more bytes and ends.
"""

import base64
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import log_writer
import proof
import segments
from proof import check, same
from verifier import Judge, load_tool, run, small_log

BYTES, ENDS = proof.sampled(2000, 6000), proof.sampled(50, 150)


def believes_what_is_whole(data, vkeys):
    log = data / "log"
    code, said = run(log)
    same("a whole log is good", (code, "WRONG" in said), (0, False))
    keys = [word for key in vkeys for word in ("--key", key)]
    code, said = run(log, *keys)
    check(code == 0 and said.count("signed up to") == len(vkeys), "so are its checkpoints", said)
    verified = proof.output([proof.REDRESS, "verify", "--data", data])
    chain = said.split("chain ")[1].split()[0]
    check(chain in verified, "both verifiers come to the same chain value", (said, verified))
    key = proof.run(["openssl", "pkey", "-in", data / "keys" / "checkpoint-00001.key", "-pubout",
                     "-outform", "DER"]).stdout
    same("openssl reads the key", key[-32:], base64.b64decode(vkeys[0].split("+", 2)[2])[1:])
    same("without arguments it explains itself", run()[0], 2)
    same("a folder that is not there cannot be checked", run(log / "nothing")[0], 2)


def refuses_every_changed_byte(judge, data, folder, random):
    log = folder / "bytes"
    log.mkdir()
    (segment,) = (data / "log").glob("*.zst")
    whole = segment.read_bytes()
    copy = log / segment.name
    offsets = range(len(whole))
    if len(offsets) > BYTES:
        offsets = sorted(random.sample(offsets, BYTES))
    accepted = []
    for offset in offsets:
        damaged = bytearray(whole)
        damaged[offset] ^= random.randrange(1, 256)
        copy.write_bytes(damaged)
        if judge.log(log):
            accepted.append(offset)
    same(f"a log of {len(whole)} bytes is refused with any of {len(offsets)} changed", accepted, [])
    return log, copy, whole


def tells_torn_from_damaged(judge, log, copy, whole, random):
    full = judge.log(rewritten(copy, whole) and log)
    same("the whole log has no torn tail", full.torn, None)
    wrong = []
    for length in random.sample(range(1, len(whole)), 200):
        copy.write_bytes(whole[:length])
        found = judge.log(log)
        # What is left must be a beginning of the history; a cut inside a record must be said.
        if not found or found.ordinal > full.ordinal or (
                found.torn is None and whole[length:length + 4] != b"\x5d\x2a\x4d\x18"):
            wrong.append(length)
    same("a log cut anywhere is an unfinished write", wrong, [])
    for tail, torn in ((b"\0" * 700, True), (b"hello", False), (b"\xff" * 700, False),
                       (whole[:60], True), (b"\0" * 512 + whole, False)):
        copy.write_bytes(whole + tail)
        found = judge.log(log)
        same(f"{len(tail)} bytes more, {tail[:3]}…, are {'unfinished' if torn else 'damage'}",
             bool(found and found.torn), torn)
    rewritten(copy, whole)
    copy.rename(log / f"{7:020}.zst")
    check(judge.log(log) is None, "a log without its first segment is refused")


def agrees_with_redress(judge, data, folder, random):
    """Ends of logs as crashes and other accidents leave them, judged by both verifiers."""
    copied = folder / "ends"
    (copied / "log").mkdir(parents=True)
    (segment,) = (data / "log").glob("*.zst")
    whole = segment.read_bytes()
    starts = [found.start for found in segments.records(whole)]
    counts = {}
    for case in range(ENDS):
        # Marks at the end may be gone, and then a frame is the last record.
        last = random.randrange(len(starts) // 2, len(starts))
        content = bytearray(whole[:starts[last + 1]] if last + 1 < len(starts) else whole)
        kind = case % 5
        sectors = range(starts[last] // 512, len(content) // 512 + 1)
        if kind == 0:
            del content[random.randrange(starts[last], len(content)):]
        elif kind in (1, 2):
            for sector in random.sample(sectors, random.randint(1, len(sectors))):
                begin, end = max(sector * 512, starts[last]), min(sector * 512 + 512, len(content))
                content[begin:end] = bytes(end - begin)
        elif kind == 3:
            content += random.choice([bytes(random.randrange(2000)), random.randbytes(100)])
        if kind in (2, 4):
            content[random.randrange(starts[last], len(content))] ^= random.randrange(1, 256)
        (copied / "log" / segment.name).write_bytes(content)
        found = judge.log(copied / "log")
        ours = "refused" if not found else "torn" if found.torn else "whole"
        result = proof.run([proof.REDRESS, "verify", "--data", copied])
        theirs = ("refused" if result.returncode else
                  "torn" if b"unfinished write" in result.stdout else "whole")
        if ours != theirs:
            proof.fail(f"case {case}: {ours} here, Redress: {theirs}: {result.stderr.decode()}")
        counts[ours] = counts.get(ours, 0) + 1
    check(len(counts) >= 2, f"both verifiers say the same of {ENDS} ends: {counts}", counts)


def rewritten(path, content):
    path.write_bytes(content)
    return True


def refuses_what_contradicts_a_signature(judge, data, other, folder, random):
    log = folder / "signed"
    shutil.copytree(data / "log", log)
    (segment,) = log.glob("*.zst")
    whole = segment.read_bytes()
    check(judge.log(log, judge.keys), "a copy of the log is good")
    records = segments.records(whole)
    segment.chmod(0o600)
    segment.write_bytes(whole[:records[len(records) // 2].start])
    shutil.move(log / "checkpoints", folder / "checkpoints")
    check(judge.log(log), "a log that lost its last events looks whole")
    check(judge.log(log, judge.keys) is None, "but not to those who know that it was signed")
    shutil.move(folder / "checkpoints", log / "checkpoints")
    check(judge.log(log, judge.keys) is None, "nor beside what was signed")
    (foreign,) = (other / "log").glob("*.zst")
    segment.write_bytes(foreign.read_bytes())
    check(judge.log(log, judge.keys) is None, "another history under the same signature is refused")
    segment.write_bytes(whole)
    accepted = []
    for note in sorted((log / "checkpoints").iterdir()):
        signed = note.read_bytes()
        for offset in range(len(signed)):
            changed = bytearray(signed)
            changed[offset] ^= 1 << random.randrange(8)
            note.write_bytes(changed)
            if judge.log(log, judge.keys):
                accepted.append((note.name, offset))
        note.unlink()
        if judge.log(log, judge.keys):
            accepted.append((note.name, "missing"))
        note.write_bytes(signed)
    same("a checkpoint with any byte changed, or missing, is refused", accepted, [])


def judges_kept_checkpoints(judge, data, vkeys, folder, random):
    """One checkpoint of each size, signed with the log's key, and proofs from one to another."""
    origin = vkeys[0].split("+")[0]
    tenant = origin.split("/")[-1]
    lines = [line for line in proof.shell('zstd -dcq "$1"/log/*.zst', data).encode().split(b"\n")
             if f'"source":"/tenants/{tenant}"'.encode() in line]
    key = shutil.copy(data / "keys" / "checkpoint-00001.key", folder)
    notes = [log_writer.signed_note(judge.tool, origin, lines[:size], pathlib.Path(key))[0]
             for size in range(len(lines) + 1)]
    path = folder / "kept.note"
    for size in (1, len(lines) // 2, len(lines)):
        path.write_bytes(notes[size])
        code, said = run(data / "log", "--key", vkeys[0], "--checkpoint", path)
        check(code == 0 and f"the first {size} events" in said, f"{size} events are as signed", said)
    same("a data folder in the place of its log is refused", run(data)[0], 2)
    keys = folder / "remarked.txt"
    keys.write_text(f"\n{vkeys[0]}  (retired)\n")
    code, said = run(data / "log", "--key", f"@{keys}", "--checkpoint", path)
    check(code == 0 and "signed up to" in said, "a remark after a key is passed over", said)
    keys.write_text("\n")
    same("a file without a key is refused", run(data / "log", "--key", f"@{keys}")[0], 1)
    code, said = run(data / "log", "--key", keys)
    check(code == 1 and "@FILE" in said, "a file's name in the place of a key is refused", said)
    other, _ = log_writer.signed_note(judge.tool, origin, lines[1:], pathlib.Path(key))
    path.write_bytes(other)
    same("a checkpoint of another history is refused",
         run(data / "log", "--key", vkeys[0], "--checkpoint", path)[0], 1)
    sizes = [(1, len(lines)), (8, len(lines)), (len(lines), len(lines)), (7, 8)] + [
        sorted(random.sample(range(1, len(lines) + 1), 2)) for _ in range(8)]
    for old, new in sizes:
        text = proof.output([proof.REDRESS, "prove", "--data", data, "--consistency", tenant,
                             str(old), str(new)]).encode()
        accepted = [offset for offset in range(len(text)) if judge.consistency(
            text[:offset] + bytes([text[offset] ^ 1 << random.randrange(8)]) + text[offset + 1:],
            notes[old], notes[new])]
        if not judge.consistency(text, notes[old], notes[new]) or accepted or judge.consistency(
                text, notes[old], other):
            proof.fail(f"from {old} to {new} events: {accepted}")
    check(True, f"{len(sizes)} consistency proofs are good, and none is with a byte or a note changed")
    same("one checkpoint is too few for a proof",
         run("--consistency", path, "--key", vkeys[0], "--checkpoint", path)[0], 2)


def judges_proofs(judge, data, vkeys, folder, random):
    tenant = vkeys[0].split("+")[0].split("/")[-1]
    lines = [line for line in subprocess.run(
        ["bash", "-c", 'zstd -dcq "$1"/log/*.zst', "bash", data], capture_output=True,
        check=True).stdout.split(b"\n") if f'"source":"/tenants/{tenant}"'.encode() in line]
    for position in {0, len(lines) // 2, len(lines) - 1}:
        path = folder / f"{position}.tlog-proof"
        proof.output([proof.REDRESS, "prove", "--data", data, "--out", path, tenant, str(position)])
        event = folder / f"{position}.json"
        event.write_bytes(lines[position] + b"\n")
        code, said = run("--proof", path, "--key", vkeys[0], "--event", event)
        check(code == 0 and f"event {position} of" in said,
              f"the proof for {position} is good", said)
        event.write_bytes(lines[position - 1])
        same("it is none for another line",
             run("--proof", path, "--key", vkeys[0], "--event", event)[0], 1)
        whole, accepted = path.read_bytes(), []
        for offset in range(len(whole)):
            changed = bytearray(whole)
            changed[offset] ^= 1 << random.randrange(8)
            if judge.proof(bytes(changed), lines[position]):
                accepted.append(offset)
        same("it is none with any byte changed", accepted, [])


def main():
    random, folder = proof.begin(__doc__.splitlines()[0])
    data, vkeys = small_log(folder, "original", ["1", "2"])
    other, _ = small_log(folder, "other", ["3", "4"], lines=150)
    judge = Judge(load_tool(), vkeys)
    believes_what_is_whole(data, vkeys)
    tells_torn_from_damaged(judge, *refuses_every_changed_byte(judge, data, folder, random), random)
    agrees_with_redress(judge, other, folder, random)
    refuses_what_contradicts_a_signature(judge, data, other, folder, random)
    judges_proofs(judge, data, vkeys, folder, random)
    judges_kept_checkpoints(judge, data, vkeys, folder, random)


main()
