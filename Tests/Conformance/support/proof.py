"""What every proof shares: one line for each check, a seed, a temporary folder, and an orderly end.

A proof ends non-zero at its first failed check. However it ends, the processes it started are gone and
its folder is removed; a failed check leaves what the service said last on standard error.
"""

import argparse
import atexit
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAMS = pathlib.Path(os.environ.get("REDRESS_PROGRAMS", ROOT / ".build" / "release"))
REDRESS = str(PROGRAMS / "redress")
IMPORTER = str(PROGRAMS / "online-retail")

_processes = []
_on_failure = []
_cleanups = []
_data_folders = []
_has_failed = False


def begin(summary):
    """Reads the seed from the command line, prints it, and makes the temporary folder.

    Returns a seeded generator and the folder.
    """
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("seed", nargs="?", type=int, default=random.SystemRandom().randrange(10**6))
    seed = parser.parse_args().seed
    print(f"seed {seed}", flush=True)
    for program in (REDRESS, IMPORTER):
        if not os.access(program, os.X_OK):
            sys.exit(f"{program} is missing: swift build -c release")
    # Short, because a socket's path has at most 107 bytes.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="redress-"))
    cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return random.Random(seed), folder


def sampled(everyday, whole):
    """How much of something is tried: a sample, or all of it with SAMPLES=all in the environment."""
    return whole if os.environ.get("SAMPLES") == "all" else everyday


def cleanup(body):
    """Runs at the end, the last one first, after all processes have ended."""
    _cleanups.append(body)


def judge(data):
    """Has the log of a data folder judged at the end, if it is still there.

    tools/verify-log must accept it, and the audit must find nothing in it.
    """
    if data not in _data_folders:
        _data_folders.append(data)


def on_failure(body):
    """Told when a check fails, to show what may explain it."""
    _on_failure.append(body)


def start(command, **options):
    """Starts a process that does not outlive this one."""
    process = subprocess.Popen([str(word) for word in command], **options)
    _processes.append(process)
    return process


def run(command, timeout=120, **options):
    """Runs a program to its end and keeps what it prints."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([str(word) for word in command], timeout=timeout, **options)


def output(command, **options):
    """What a program prints; it must end well."""
    result = run(command, **options)
    if result.returncode != 0:
        fail(f"{command[0]} ends with {result.returncode}: {result.stderr.decode()[-2000:]}")
    return result.stdout.decode()


def shell(pipeline, *arguments, timeout=300):
    """What a pipeline of ordinary programs prints; all of it must end well."""
    return output(["bash", "-euo", "pipefail", "-c", pipeline, "bash", *arguments], timeout=timeout)


def check(holds, sentence, found=None):
    """One line for one fact; the end if it does not hold."""
    if not holds:
        fail(sentence + (f"\n  found: {short(found)}" if found is not None else ""))
    say(f"ok  {sentence}")


def same(sentence, found, expected):
    """One line for one fact that is a comparison."""
    if found != expected:
        fail(f"{sentence}\n  found:    {short(found)}\n  expected: {short(expected)}")
    say(f"ok  {sentence}")


def say(line):
    """A line in one piece, because several threads may check at the same time."""
    print(line + "\n", end="", flush=True)


def short(value):
    text = str(value)
    return text if len(text) <= 2000 else f"{text[:1000]} … {text[-1000:]}"


def fail(sentence):
    global _has_failed
    _has_failed = True
    say(f"FAILED  {sentence}")
    for body in _on_failure:
        body()
    sys.exit(1)


def skip(sentence, is_data=False):
    """Says that something is not shown; without outside data that may be a failure."""
    if is_data and os.environ.get("REDRESS_REQUIRE_OUTSIDE_DATA") == "1":
        fail(f"REDRESS_REQUIRE_OUTSIDE_DATA=1, but {sentence}")
    print(f"skipped  {sentence}", flush=True)


def wait_until(body, sentence, seconds=30, interval=0.01):
    """Waits until the body returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = body()
        if value:
            return value
        if time.monotonic() > deadline:
            fail(f"{sentence}: not within {seconds} s")
        time.sleep(interval)


@atexit.register
def _end():
    for process in _processes:
        if process.poll() is None:
            process.kill()
    for process in _processes:
        process.wait()
    sentence, said = "", ""
    if not _has_failed:
        sentence, said = _judged([data for data in _data_folders if list(data.glob("log/*.zst"))])
    for body in reversed(_cleanups):
        body()
    if said:
        print(f"FAILED  {sentence}\n{said}", flush=True)
        os._exit(1)


def _judged(folders):
    """What is wrong with the logs of data folders; nothing if all are well."""
    if not folders:
        return "", ""
    logs = [data / "log" for data in folders]
    result = run([ROOT / "tools" / "verify-log", *logs], timeout=600)
    if result.returncode:
        return "tools/verify-log accepts every log", result.stderr.decode()
    for data in folders:
        result = run([REDRESS, "audit", "--data", data], timeout=600)
        if result.returncode:
            said = result.stdout.decode() + result.stderr.decode()
            return f"the audit finds nothing in {data.name}", said or f"exit {result.returncode}"
    return "", ""


def _interrupted(number, _):
    sys.exit(128 + number)


for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(_number, _interrupted)
