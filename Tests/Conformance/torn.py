#!/usr/bin/env python3
"""Proves that an unfinished last write is cut off, said aloud, and costs nothing before it.

The log of a killed service is cut at every length inside its last frame. `redress verify` then says
how many bytes are unfinished; `redress serve`, for a sample of the lengths, cuts them off, says so
with their size, and has every event before them.
"""

import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import segments
import service as services
import shop
from proof import same

SERVED = 25


def killed_log(folder):
    """The log of a service that was killed after its last answer: its bytes and its last frame."""
    data = folder / "original"
    running = services.Service(data)
    running.accepted(shop.opening())
    running.accepted([shop.order("1"), shop.case("1")])
    running.accepted([shop.request("1")])
    running.kill()
    (segment,) = (data / "log").glob("*.zst")
    content = segment.read_bytes()
    frames = [record for record in segments.records(content) if record.commit_count > 0]
    return segment, content, frames


def copy(data, segment, content):
    """A data folder with nothing but the keys and a log that ends early."""
    (data / "log").mkdir(parents=True)
    (data / "log" / segment.name).write_bytes(content)
    shutil.copytree(segment.parent.parent / "keys", data / "keys")
    return data


def verify(folder, segment, content, last, length):
    """Verify accepts what is whole and says what is not; it changes nothing."""
    data = copy(folder / f"verify-{length}", segment, content[:length])
    result = proof.run([proof.REDRESS, "verify", "--data", data])
    text = result.stdout.decode()
    expected = f"{length - last.start} bytes at the end of {segment.name} from byte {last.start}"
    is_said = expected in text if length > last.start else "unfinished" not in text
    if result.returncode != 0 or not is_said:
        proof.fail(f"length {length}: verify ends with {result.returncode} and says {text}")
    if (data / "log" / segment.name).read_bytes() != content[:length]:
        proof.fail(f"length {length}: verify changed the log")
    shutil.rmtree(data)


def serve(folder, segment, content, last, length, before):
    """Serve cuts the torn frame, says so, has everything before it, and takes commands."""
    data = copy(folder / f"serve-{length}", segment, content[:length])
    running = services.Service(data)
    words = running.words()
    expected = (f"cut off an unfinished write at the end, as a crash leaves it: {length - last.start} bytes "
                f"at the end of {segment.name} from byte {last.start}")
    if expected not in words:
        proof.fail(f"length {length}: the service said {words}, not {expected}")
    events = services.events(data)
    (kept,) = (data / "cut").iterdir()
    if kept.read_bytes() != content[last.start:length] or str(kept) not in words or (
            not kept.name.startswith(f"{segment.name}-{last.start}-")):
        proof.fail(f"length {length}: the bytes that were cut off are not in {kept}: {words}")
    # It has built its read models, and records that.
    if events[: len(before)] != before or {"/tenants/_system"} != {
            event["source"] for event in events[len(before):]}:
        proof.fail(f"length {length}: the events before the torn frame are not all there")
    running.accepted([shop.request("1")])
    if running.stop() != 0:
        proof.fail(f"length {length}: the service does not stop well")
    proof.output([proof.REDRESS, "verify", "--data", data])
    shutil.rmtree(data)


def main():
    random, folder = proof.begin(__doc__)
    segment, content, frames = killed_log(folder)
    last = frames[-1]
    same("the last frame holds one commit", last.commit_count, 1)
    data = copy(folder / "before", segment, content[: last.start])
    before = services.events(data)
    same("before it there are all other events", len(before),
         sum(frame.event_count for frame in frames[:-1]))

    lengths = range(last.start + 1, last.end)
    for length in range(last.start, last.end):
        verify(folder, segment, content, last, length)
    proof.check(True, f"verify says how much is unfinished, at each of {len(lengths)} lengths")
    sample = sorted({lengths[0], lengths[-1], *random.sample(lengths, SERVED)})
    for length in sample:
        serve(folder, segment, content, last, length, before)
    proof.check(True, f"serve cuts it off and says so, at {len(sample)} lengths; nothing else is lost")


main()
