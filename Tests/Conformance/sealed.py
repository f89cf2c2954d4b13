#!/usr/bin/env python3
"""Proves that sealing changes how the history is stored and nothing else.

A service fills three segments and is killed while it seals; the log is good, and sealed by hand it has
the same bytes of lines, the same chain and the same roots. Both
verifiers find any byte of a sealed segment that is changed. Then the service starts again and seals
by itself, while readers of the feed get every event once, in order. SAMPLES=all changes more bytes.
"""

import pathlib
import shutil
import stat
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from feed_reader import Reader
from proof import check, same

VERIFY_LOG = proof.ROOT / "tools" / "verify-log"
DAMAGES = proof.sampled(2, 8)


def lines_hash(data):
    return proof.shell('zstd -dcq "$1"/log/*.zst | sha256sum', str(data)).split()[0]


def chain(data):
    said = proof.output([proof.REDRESS, "verify", "--data", data])
    return [line for line in said.splitlines() if line.startswith("chain")][0]


def segments(data):
    """For each segment, by name, whether it is sealed and its bytes of lines and on the disk."""
    rows = proof.output([proof.REDRESS, "log", "segments", "--data", data]).splitlines()[1:]
    columns = [row.split() for row in rows]
    return {row[0]: (row[-1] == "yes", int(row[5]), int(row[6])) for row in columns}


def believed(data, keys):
    """Both verifiers find the log and its signatures good."""
    proof.output([proof.REDRESS, "verify", "--data", data], timeout=300)
    proof.output([VERIFY_LOG, data / "log", "--key", f"@{keys}"], timeout=300)


def fill(running, segment_count, first=0):
    """Orders of a thousand lines until so many segments are full."""
    number = first
    while len(list((running.data / "log").glob("*.zst"))) <= segment_count:
        running.accepted([
            shop.order(f"big-{number}-{part}", lines=1000, title=f"Lantern {number}, {part}")
            for part in range(20)])
        number += 1
    return number


def damage(random, folder, data):
    """Changes one byte of a sealed segment, again and again."""
    copy = folder / "damaged"
    (copy / "log").mkdir(parents=True)
    names = sorted(name for name, row in segments(data).items() if row[0])
    # One sealed segment is enough to be wrong about, and quicker.
    path = copy / "log" / names[0]
    shutil.copy(data / "log" / names[0], path)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    places = [0, len(content) - 1] + [random.randrange(len(content)) for _ in range(DAMAGES)]
    for place in places:
        content[place] ^= 1 << random.randrange(8)
        path.write_bytes(content)
        for verifier in ([proof.REDRESS, "verify", "--data", copy], [VERIFY_LOG, copy / "log"]):
            result = proof.run(verifier, timeout=300)
            said = (result.stdout + result.stderr).decode()
            if result.returncode != 1 or names[0] not in said:
                proof.fail(f"byte {place}: {verifier[0]} ends with {result.returncode}: {said}")
        content[:] = (data / "log" / names[0]).read_bytes()
    check(True, f"both verifiers find each of {len(places)} changed bytes, and name the segment")


def main():
    random, folder = proof.begin(__doc__)
    data = folder / "data"
    running = services.Service(data)
    running.accepted(shop.opening())
    fill(running, 2)
    running.kill()
    before = segments(data)
    check(len(before) == 3, "there are two full segments and one that is not", before)
    keys = folder / "keys"
    # Keys name their tenants, and only what was signed can be checked: sign by starting once more.
    by_hand = folder / "by-hand"
    shutil.copytree(data, by_hand, ignore=shutil.ignore_patterns("*.sock"))
    proof.output([proof.REDRESS, "checkpoint", "--data", by_hand], timeout=120)
    keys.write_text(proof.output([proof.REDRESS, "keys", "show", "--data", by_hand]))
    path = folder / "proof"
    proof.output([proof.REDRESS, "prove", "--data", by_hand, "acme", "1", "--out", path])
    line = folder / "line"
    line.write_text(proof.output(
        [proof.REDRESS, "replay", "--data", by_hand, "--tenant", "acme", "--from", "1", "--to", "1"]))
    believed(by_hand, keys)
    check(True, "killed while it sealed, the log is good to both verifiers")

    expected = (lines_hash(by_hand), chain(by_hand))
    size = sum(row[2] for row in segments(by_hand).values())
    proof.output([proof.REDRESS, "log", "seal", "--data", by_hand], timeout=300)
    same("sealed by hand, the lines and the chain are the same",
         (lines_hash(by_hand), chain(by_hand)), expected)
    believed(by_hand, keys)
    after = segments(by_hand)
    same("full segments are sealed, the last is not",
         [row[0] for row in after.values()], [True, True, False])
    print(f"    {size:,} bytes on the disk became {sum(row[2] for row in after.values()):,}")
    modes = [stat.S_IMODE((by_hand / "log" / name).stat().st_mode) for name in after]
    check(all(mode & 0o222 == 0 for mode in modes[:2]), "sealed segments are read-only", modes)
    check(not list((by_hand / "log").glob("*.zst.*")), "nothing unfinished is left")
    result = proof.run([VERIFY_LOG, "--proof", path, "--key", f"@{keys}", "--event", line])
    same("a proof from before is good", result.returncode, 0)
    proof.output([proof.REDRESS, "log", "seal", "--data", by_hand])
    same("sealing again changes nothing", segments(by_hand), after)
    damage(random, folder, by_hand)
    shutil.rmtree(by_hand)

    running.start()
    readers = [Reader(running, random.choice([None, 40])) for _ in range(3)]
    for reader in readers:
        reader.start()
    ended = threading.Event()

    def is_sealed():
        *full, _ = segments(data).values()
        return all(row[0] for row in full)

    number = 0
    while not is_sealed():
        running.accepted([shop.order(f"later-{number}", lines=3)])
        number += 1
        # Looking at the segments takes processor time from sealing them.
        ended.wait(1)
    check(number > 0, f"the service sealed by itself, while {number} commands were accepted")
    late = Reader(running)
    late.start()
    readers.append(late)
    lines = proof.shell('zstd -dcq "$1"/log/*.zst', str(data)).encode().splitlines()
    for reader in readers:
        reader.until = len(lines)
    running.accepted([shop.order("last")])
    for reader in readers:
        reader.join(60)
        got = [event for _, event in reader.items][: len(lines)]
        check(got == lines, f"a reader of the feed has {len(lines)} events, each once, in order",
              f"{len(got)} events, {reader.error}")
    same("the service stops well", running.stop(), 0)
    believed(data, keys)


try:
    main()
except subprocess.TimeoutExpired as late:
    proof.fail(f"too slow: {late.cmd[:3]}")
