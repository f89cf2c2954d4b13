"""The programs that are measured: how each is started, asked and stopped."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = REPOSITORY / "tools" / "benchmarks"
CLIENTS = REPOSITORY / ".build" / "bench"
REDRESS = REPOSITORY / ".build" / "release" / "redress"
REDRESS_BENCH = REPOSITORY / ".build" / "release" / "redress-bench"


def output(*words, **options):
    """What a program prints; it must succeed."""
    result = subprocess.run(
        [str(word) for word in words], stdout=subprocess.PIPE, text=True, check=False, **options)
    if result.returncode != 0:
        raise SystemExit(f"tools/bench: {words[0]} failed ({result.returncode}): {words[1:]}")
    return result.stdout


def measured(*words):
    return json.loads(output(*words))


def timed(*words):
    """How long a program ran, and how much time of the processors it had, in seconds."""
    begin, before = time.monotonic(), os.times()
    output(*words)
    after = os.times()
    return (
        time.monotonic() - begin,
        after.children_user + after.children_system - before.children_user - before.children_system)


class Service:
    """A real `redress serve` on a data folder."""

    def __init__(self, data, redress=REDRESS):
        self.data = Path(data)
        self.redress = redress
        self.socket = self.data / "redress.sock"
        self.process = None

    def start(self):
        """Returns how many seconds it took until the service answered."""
        if not (self.data / "log").exists():
            self.init()
        log = open(self.data / "service.log", "a", encoding="utf-8")
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [self.redress, "serve", "--data", self.data, "--socket", self.socket],
            stdout=log, stderr=log)
        while not self.get("/healthz"):
            if self.process.poll() is not None:
                raise SystemExit(f"tools/bench: the service ended; see {self.data}/service.log")
            time.sleep(0.005)
        return time.monotonic() - begin

    def init(self):
        """Makes the data folder. Older builds have no `init` and make it when they serve."""
        subprocess.run(
            [self.redress, "init", "--data", self.data], check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.data.mkdir(parents=True, exist_ok=True)

    def get(self, path):
        """The body of an answer; empty while the service does not answer."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode())
            answer = b""
            while piece := connection.recv(1 << 16):
                answer += piece
            return answer.partition(b"\r\n\r\n")[2].decode()
        return ""

    def load(self, commands, connections, batch=1):
        before = self.processor_seconds()
        result = measured(CLIENTS / "http-load", self.socket, commands, connections, batch)
        result["serviceProcessorMicroseconds"] = (
            (self.processor_seconds() - before) / max(1, result["accepted"]) * 1e6)
        if result["refused"]:
            raise SystemExit(f"tools/bench: {result['refused']} commands were not accepted")
        return result

    def settle(self):
        """Waits until every read model is up to date."""
        while any(
                line.rpartition(" ")[2] != "0" for line in self.get("/metrics").splitlines()
                if line.startswith("redress_projection_lag_commits{")):
            time.sleep(0.05)

    def memory_high_water_mark(self):
        """In bytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, with_signal=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise SystemExit("tools/bench: the service has not stopped within two minutes")
            self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class PostgreSQL:
    """A cluster of its own with the settings that PostgreSQL comes with, on a Unix socket."""

    def __init__(self, folder):
        self.folder = Path(folder)
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not binaries:
            raise SystemExit("tools/bench: PostgreSQL is missing; tools/setup --bench installs it")
        self.binaries = binaries[-1]
        self.process = None
        # It refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        self.conninfo = f"host={self.folder} user=bench dbname=postgres"

    def __enter__(self):
        self.folder.mkdir(mode=0o700)
        if self.user:
            output("chown", self.user, self.folder)
        options = {"user": self.user, "cwd": self.folder}
        output(
            self.binaries / "initdb", "-D", self.folder / "data", "-U", "bench", "-A", "trust",
            **options)
        log = open(self.folder.with_suffix(".log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c",
             "listen_addresses="], stdout=log, stderr=log, **options)
        for _ in range(600):
            if subprocess.run(
                    [self.binaries / "pg_isready", "-q", "-h", self.folder], check=False
            ).returncode == 0:
                return self
            time.sleep(0.1)
        raise SystemExit("tools/bench: PostgreSQL has not started")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def execute(self, sql):
        return output(
            self.binaries / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.conninfo, input=sql)

    def load(self, events, connections):
        result = measured(CLIENTS / "postgres-load", self.conninfo, events, connections)
        if result["refused"]:
            raise SystemExit(f"tools/bench: PostgreSQL refused {result['refused']} commands")
        return result
