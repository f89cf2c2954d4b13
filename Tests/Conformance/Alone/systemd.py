#!/usr/bin/env python3
"""Proves that the service does what systemd expects of it: it takes its socket over, says when it is
ready, reloads and stops, and gives signs of life for its watchdog as long as it gets on with its work.

This program is the service manager: it listens, hands the socket over as descriptor 3 and hears the
notices. systemd itself judges the unit that is shipped.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import proof
import service as services
import shop
from proof import check, same

UNITS = proof.ROOT / "tools" / "systemd"
EXPOSURE_MAX = 1.5
WATCHDOG_SECONDS = 2
SLOW_SECONDS = 6


class Manager:
    """Hears what a service says of itself."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(address))
        self.environment = {"NOTIFY_SOCKET": str(address).replace("\0", "@"),
                            "WATCHDOG_USEC": str(WATCHDOG_SECONDS * 1_000_000)}

    def hears(self, word, seconds=30):
        """The next notice that begins with a word; others are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                notice = self.socket.recv(4096).decode()
            except TimeoutError:
                return None
            if notice.startswith(word):
                return notice


def handed(listener, command):
    """A command that gets a listening socket as descriptor 3, as its service manager's."""
    script = (f'exec 3<&{listener.fileno()}; '
              'LISTEN_FDS=1 LISTEN_PID=$$ WATCHDOG_PID=$$ exec "$@"')
    return ["bash", "-c", script, "bash", *command]


class Managed(services.Service):
    """A service that a manager has started."""

    def __init__(self, data, manager, path=None, before=()):
        self.manager, self.before = manager, list(before)
        self.listener = None
        if path:
            self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.listener.bind(str(path))
            self.listener.listen(100)
        super().__init__(data)
        self.socket = path or self.socket

    def start(self, wait=True):
        words = [f"{name}={value}" for name, value in self.manager.environment.items()]
        serve = [proof.REDRESS, "serve", "--data", str(self.data)]
        if self.listener:
            serve = handed(self.listener, serve)
        self.command = [*self.before, "env", *words, *serve]
        with open(self.said, "a", encoding="utf-8") as said:
            self.offset = said.tell()
            self.process = proof.start(
                self.command, stdout=said, stderr=said, pass_fds=[self.listener.fileno()] if self.listener else [])
        if wait:
            proof.wait_until(self.is_up, "the service starts", seconds=120)


def activated(folder):
    manager = Manager(folder / "notify")
    path = folder / "handed.sock"
    running = Managed(folder / "data", manager, path)
    check(manager.hears("READY=1"), "it says that it is ready")
    check(f"commands on the Unix socket {path}" in running.words(),
          "it serves on the socket that it was handed", running.words())
    check(not (running.data / "redress.sock").exists(), "and makes none of its own")
    running.accepted(shop.opening())
    same("a command over that socket is decided, and the user at its end is known",
         [event["peeruid"] for event in services.events(running.data) if event["id"] == "0"
          and "acme" in event["source"]], [os.getuid()])
    check(manager.hears("WATCHDOG=1", WATCHDOG_SECONDS), "it gives signs of life")
    running.process.send_signal(signal.SIGHUP)
    notice = manager.hears("RELOADING=1")
    check(notice and re.search(r"^MONOTONIC_USEC=\d+$", notice, re.M),
          "SIGHUP: it says that it reloads, and when", notice)
    check(manager.hears("READY=1"), "and that it is ready again")
    running.process.send_signal(signal.SIGTERM)
    check(manager.hears("STOPPING=1"), "SIGTERM: it says that it stops")
    same("and ends with 0", running.process.wait(timeout=30), 0)
    check(path.exists(), "the socket stays for the next one")
    running.start()
    proof.wait_until(lambda: manager.hears("READY=1", 1), "the next one is ready", seconds=60)
    same("which serves on it", running.get("/healthz").status, 200)
    same("and stops", running.stop(), 0)
    command = [proof.REDRESS, "serve", "--data", running.data, "--socket", folder / "other.sock"]
    both = proof.run(handed(running.listener, command), pass_fds=[running.listener.fileno()])
    check(both.returncode == 2 and b"service manager" in both.stderr,
          "a socket of its own besides the handed one is refused", both.stderr)


class Signs:
    """When signs of life came, heard on a thread of its own."""

    def __init__(self, manager):
        self.times = [time.monotonic()]
        self.isListening = True
        self.thread = threading.Thread(target=self.listen, args=[manager], daemon=True)
        self.thread.start()

    def listen(self, manager):
        while self.isListening:
            if manager.hears("WATCHDOG=1", 0.1):
                self.times.append(time.monotonic())

    def longest_silence(self, body):
        """The longest time without a sign while the body runs."""
        begin = time.monotonic()
        body()
        end = time.monotonic()
        times = [max(begin, stamp) for stamp in self.times if stamp < end and stamp > begin - 1]
        return max(b - a for a, b in zip([begin, *times], [*times, end]))


def watched(folder):
    """The disk takes six seconds for one sync, and the watchdog's interval is two."""
    if shutil.which("strace") is None:
        return proof.skip("strace is not installed")
    manager = Manager("\0redress-" + folder.name)
    data = folder / "watched"
    services.make(data)
    segment = data / "log" / f"{0:020}.zst"
    running = Managed(data, manager, before=[
        "strace", "-f", "-qq", "-o", "/dev/null", "-P", segment, "-e", "trace=fdatasync", "-e",
        f"inject=fdatasync:delay_enter={SLOW_SECONDS}s:when=4"])
    check(manager.hears("READY=1"), "it is ready, over an abstract address")
    signs = Signs(manager)
    silence = signs.longest_silence(lambda: time.sleep(5))
    check(silence < WATCHDOG_SECONDS, f"idle, it is silent for {silence:.1f} s at most")

    def one_slow_sync():
        for number in range(20):
            outcome, seconds = services.timed(lambda: running.submit([shop.command(
                f"t-{number}", "RegisterTenant", {
                    "name": "T", "currency": "GBP", "timeZone": "UTC", "returnWindowDays": 14,
                    "agentApprovalLimit": 1}, f"t{number}")]))
            if seconds > SLOW_SECONDS / 2:
                return
        proof.fail(f"no sync was slow: {outcome}")

    silence = signs.longest_silence(one_slow_sync)
    check(silence > WATCHDOG_SECONDS, f"while the disk hangs, it is silent for {silence:.1f} s")
    silence = signs.longest_silence(lambda: time.sleep(5))
    check(silence < WATCHDOG_SECONDS, f"afterwards it is silent for {silence:.1f} s at most")
    signs.isListening = False
    # The tracer keeps signals to itself; it ends as the service does.
    os.kill(int((data / "lock").read_text().split()[0]), signal.SIGTERM)
    same("and stops", running.process.wait(timeout=30), 0)


def judged(folder):
    if shutil.which("systemd-analyze") is None:
        return proof.skip("systemd is not installed")
    unit = folder / "redress.service"
    text = (UNITS / "redress.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/usr/bin/redress", proof.REDRESS))
    (folder / "redress.socket").write_bytes((UNITS / "redress.socket").read_bytes())
    result = proof.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit])
    check(result.returncode == 0 and unit.name not in result.stderr.decode(),
          "systemd-analyze verify finds no mistake in the unit", result.stderr.decode())
    said = proof.output(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit])
    exposure = float(re.search(r"exposure level for \S+: ([\d.]+)", said)[1])
    check(exposure <= EXPOSURE_MAX, f"systemd-analyze security: {exposure}", said)
    check("Type=notify" in text and "RestartPreventExitStatus=2 3 70" in text
          and not re.search(r"^PrivateUsers=", text, re.M),
          "it is Type=notify, is not started again after 70 and sees who its peers are")


def main():
    _, folder = proof.begin(__doc__)
    judged(folder)
    activated(folder)
    watched(folder)


if __name__ == "__main__":
    main()
