"""A running service, and the ways to talk to it."""

import http.client
import json
import os
import pathlib
import signal
import socket
import time

import proof


class UnixConnection(http.client.HTTPConnection):
    """HTTP through a Unix socket."""

    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    """Status, headers and body of one answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def type(self):
        return self.headers.get("content-type", "").split(";")[0]

    def json(self):
        return json.loads(self.body)

    def lines(self):
        return [json.loads(line) for line in self.body.splitlines()]


def make(data):
    """Makes a data folder of a path where there is none."""
    if not (pathlib.Path(data) / "log").exists():
        proof.output([proof.REDRESS, "init", "--data", data])


class Service:
    """`redress serve` on a data folder; what it says goes into a file beside that folder."""

    def __init__(self, data, *options, pages=False, wait=True, said=None):
        self.data = pathlib.Path(data)
        self.socket = self.data / "redress.sock"
        self.said = said or self.data.parent / (self.data.name + ".said")
        self.command = [proof.REDRESS, "serve", "--data", self.data, *options]
        if pages:
            self.command += ["--http", "127.0.0.1:0"]
        self.pages = pages
        make(self.data)
        proof.judge(self.data)
        proof.on_failure(lambda: print(f"the service said last:\n{self.words()[-3000:]}"))
        self.start(wait)

    def start(self, wait=True):
        with open(self.said, "a", encoding="utf-8") as said:
            self.offset = said.tell()
            self.session = None
            self.process = proof.start(self.command, stdout=said, stderr=said)
        if wait:
            proof.wait_until(self.is_up, "the service starts", seconds=120)

    def words(self):
        """What it said since its last start."""
        return self.said.read_bytes()[self.offset :].decode(errors="replace")

    def is_up(self):
        if self.process.poll() is not None:
            proof.fail(f"the service ended with {self.process.returncode}")
        return "commands on the Unix socket" in self.words()

    @property
    def address(self):
        """Of the pages, such as http://127.0.0.1:8080."""
        line = [line for line in self.words().splitlines() if "pages on " in line][0]
        return line.split("pages on ")[1].rstrip("/")

    @property
    def cookie(self):
        """Of a session of the pages, opened with a link of `redress login`."""
        if self.session is None:
            link = proof.output([proof.REDRESS, "login", "--data", self.data]).strip()
            host, _, path = link.removeprefix("http://").partition("/")
            connection = http.client.HTTPConnection(host, timeout=60)
            connection.request("GET", "/" + path)
            self.session = connection.getresponse().getheader("Set-Cookie").split(";")[0]
            connection.close()
        return self.session

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def stop(self):
        """Ends it politely and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def request(self, method, target, body=None, headers=None):
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def get(self, target):
        return self.request("GET", target)

    def submit(self, commands):
        """Submits commands as NDJSON and returns their outcomes."""
        lines = "".join(json.dumps(command) + "\n" for command in commands)
        answer = self.request(
            "POST", "/v1/commands", lines.encode(), {"Content-Type": "application/x-ndjson"}
        )
        if answer.status != 200:
            proof.fail(f"POST /v1/commands answers {answer.status}: {answer.body!r}")
        return answer.lines()

    def send_until_gone(self, commands, answered):
        """Sends one command after another until the service is gone.

        Keeps the events of what was accepted, by command; returns the command in doubt, or None.
        """
        for command in commands:
            try:
                (outcome,) = self.submit([command])
            except (OSError, http.client.HTTPException):
                return command
            if outcome["outcome"] == "accepted":
                answered[outcome["id"]] = outcome["events"]
        return None

    def accepted(self, commands):
        """Submits commands that must all be accepted."""
        outcomes = self.submit(commands)
        for outcome in outcomes:
            if outcome["outcome"] != "accepted":
                proof.fail(f"a command was not accepted: {outcome}")
        return outcomes


class FailingService(Service):
    """A service whose nth call of one kind on one file fails, by strace."""

    def __init__(self, data, path, call, error, number):
        self.wrapped = [
            "strace", "-f", "-qq", "-o", "/dev/null", "-P", str(path),
            "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"]
        super().__init__(data, wait=False)

    def start(self, wait=True):
        self.command = [*self.wrapped, *self.command]
        super().start(wait)

    def stop(self):
        """The signal is for the service; strace ends as it does."""
        os.kill(int((self.data / "lock").read_text().split()[0]), signal.SIGTERM)
        return self.process.wait(timeout=60)

    def wait_until_up_or_gone(self):
        """Returns whether it is up."""
        proof.wait_until(
            lambda: self.process.poll() is not None
            or "commands on the Unix socket" in self.words(), "it starts or ends", seconds=60)
        return self.process.poll() is None


def curl(service, target, *options, body=None, address=None):
    """One request with the program curl: over the socket, or to the address if there is one, in a
    session of the pages."""
    where = ["-b", service.cookie] if address else ["--unix-socket", str(service.socket)]
    sent = [] if body is None else ["--data-binary", "@-"]
    result = proof.run(
        ["curl", "-sS", "-i", "--max-time", "60", "-H", "Expect:", *where, *sent, *options,
         (address or "http://localhost") + target], input=body,
    )
    if result.returncode != 0:
        proof.fail(f"curl ends with {result.returncode}: {result.stderr.decode()}")
    head, _, rest = result.stdout.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    return Answer(
        int(lines[0].split()[1]), {name.lower(): value for name, value in headers.items()}, rest
    )


def events(data):
    """All events of a data folder, read with the program zstd alone."""
    text = proof.shell('zstd -dcq "$1"/log/*.zst', data)
    return [json.loads(line) for line in text.split("\n") if line]


def memory(process):
    """What a process holds, in MB."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def log_size(data):
    """The bytes of all segments; 0 where there is no log yet."""
    size = 0
    for path in pathlib.Path(data).glob("log/*.zst"):
        try:
            size += os.stat(path).st_size
        except FileNotFoundError:
            pass
    return size


def timed(body):
    """What the body returns, and how many seconds it took."""
    begin = time.monotonic()
    return body(), time.monotonic() - begin
