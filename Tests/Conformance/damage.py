#!/usr/bin/env python3
"""Proves that no changed byte of a closed log goes unnoticed.

A small log is closed cleanly. Each of its bytes is changed, one at a time, on a copy: `redress verify`
ends with 1 and names segment, offset and ordinal. For a sample of the bytes `redress verify --chain`
says the same, and `redress serve` refuses to start, names the same three, and leaves the file alone.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import segments
import service as services
import shop
from proof import same

PLACE = re.compile(r"(\d{20}\.zst)\D+(\d+)\D+(\d+)")
SERVED = 150


def place(text):
    """The segment, offset and ordinal that a message names."""
    found = PLACE.search(text)
    return found.groups() if found else None


class Copies:
    """Data folders with a damaged log, each thread with its own."""

    def __init__(self, folder, original):
        self.folder = folder
        self.original = original
        (self.segment,) = (original / "log").glob("*.zst")
        self.bytes = self.segment.read_bytes()

    def verify(self, offset, mask, *options):
        """What verify says of the log with one byte changed: exit code and place."""
        data = self.folder / f"verify-{offset}"
        (data / "log").mkdir(parents=True)
        self.write(data, offset, mask)
        result = proof.run([proof.REDRESS, "verify", "--data", data, *options])
        shutil.rmtree(data)
        return result.returncode, place(result.stderr.decode()), result.stderr.decode()

    def serve(self, offset, mask):
        data = self.folder / f"serve-{offset}"
        shutil.copytree(self.original, data, ignore=shutil.ignore_patterns("*.sock"))
        damaged = self.write(data, offset, mask)
        result = proof.run([proof.REDRESS, "serve", "--data", data], timeout=30)
        unchanged = (data / "log" / self.segment.name).read_bytes() == damaged
        shutil.rmtree(data)
        return result.returncode, place(result.stderr.decode()), unchanged

    def write(self, data, offset, mask):
        damaged = bytearray(self.bytes)
        damaged[offset] ^= mask
        path = data / "log" / self.segment.name
        path.unlink(missing_ok=True)
        path.write_bytes(damaged)
        return damaged


def small_log(folder):
    data = folder / "original"
    running = services.Service(data)
    for commands in (shop.opening(), [shop.order("1")], [shop.case("1"), shop.request("1")]):
        running.accepted(commands)
    same("a service with a small log stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "verify", "--data", data])
    proof.check(True, "the undamaged log verifies")
    return data


def main():
    random, folder = proof.begin(__doc__)
    copies = Copies(folder, small_log(folder))
    size = len(copies.bytes)
    found = segments.records(copies.bytes)
    masks = [random.randrange(1, 256) for _ in range(size)]
    print(f"    {size} bytes in {len(found)} records")

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(copies.verify, range(size), masks))
        for offset, (code, where, text) in enumerate(verdicts):
            start = next(record.start for record in found if record.start <= offset < record.end)
            if code != 1 or where is None:
                proof.fail(f"byte {offset} ^ {masks[offset]:#04x}: verify ends with {code}: {text}")
            if not (where[0] == copies.segment.name and start <= int(where[1]) <= offset):
                proof.fail(f"byte {offset}: verify names {where}, the record begins at {start}")
        proof.check(True, f"verify finds each of {size} changed bytes and names the place")

        sample = sorted(random.sample(range(size), min(SERVED, size)))
        chained = pool.map(
            lambda offset: copies.verify(offset, masks[offset], "--chain"), sample)
        same("verify --chain says of some of them what verify says", list(chained),
             [verdicts[offset] for offset in sample])
        answers = pool.map(copies.serve, sample, [masks[offset] for offset in sample])
        for offset, (code, where, unchanged) in zip(sample, answers):
            if code != 3 or where != verdicts[offset][1] or not unchanged:
                proof.fail(
                    f"byte {offset} ^ {masks[offset]:#04x}: serve ends with {code}, names {where} "
                    f"instead of {verdicts[offset][1]}, unchanged: {unchanged}")
        proof.check(True, f"serve refuses {len(sample)} of them, names the same, changes nothing")


main()
