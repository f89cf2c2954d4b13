"""Faults of a running service's files: strace attaches, and the kernel's answers are other ones."""

import contextlib
import pathlib
import shutil
import signal
import subprocess

import proof

# How each error comes about. A file that is open already notices nothing of too many open files.
CHANGES = "openat,mkdir,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,rename,unlink"
FAULTS = {
    "full disk": ("ENOSPC", "openat,mkdir,write,pwrite64,ftruncate,fallocate,rename"),
    "EIO": ("EIO", CHANGES + ",pread64,read"),
    "EMFILE": ("EMFILE", "openat"),
    "read-only": ("EROFS", CHANGES),
}


def is_missing():
    """Whether this machine cannot show them."""
    return shutil.which("strace") is None


@contextlib.contextmanager
def refused(running, paths, fault, once, trace):
    """Calls of the service on these paths fail while this lasts, or the first one of each thread."""
    error, calls = FAULTS[fault]
    when = ":when=1" if once else ""
    pid = int((running.data / "lock").read_text().split()[0])
    command = ["strace", "-f", "-qq", "-o", trace, "-p", str(pid)]
    for path in paths:
        command += ["-P", str(path)]
    tracer = proof.start(command + ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}{when}"])
    proof.wait_until(lambda: is_traced(pid) or tracer.poll() is not None, "strace attaches")
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        try:
            tracer.wait(timeout=5)
        except subprocess.TimeoutExpired:
            # A process that has ended is not let go of.
            tracer.kill()
            tracer.wait(timeout=30)


def is_traced(pid):
    try:
        threads = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        return all("TracerPid:\t0\n" not in (thread / "status").read_text() for thread in threads)
    except OSError:
        return False


def injected(trace):
    """How many calls were refused."""
    return trace.read_text().count("(INJECTED)") if trace.exists() else 0


def paths(data, target):
    """The files and folders of one part of a data folder; names beside them, too, that come and go."""
    log = data / "log"
    if target == "log":
        return sorted(log.glob("*.zst"))
    if target == "index":
        return with_journals(log / "index.sqlite")
    if target == "tiles":
        return [log / "tiles", *sorted(path for path in (log / "tiles").rglob("*") if path.is_dir())]
    if target == "checkpoints":
        folder, by_day = log / "checkpoints", log / "checkpoints-by-day"
        return [folder, folder / "acme", folder / ".acme.tmp", by_day, by_day / "acme"]
    if target == "keys":
        return with_journals(data / "keys" / "keys.sqlite")
    if target == "operations":
        return with_journals(data / "operations.sqlite")
    if target in ("outbox", "evidence"):
        return [data / target]
    return with_journals(data / "read-models" / f"{target}.sqlite")


def with_journals(path):
    return [path, pathlib.Path(f"{path}-wal"), pathlib.Path(f"{path}-journal")]
