#!/usr/bin/env python3
"""The manual says what is so: every relative link of every document leads to a file and a heading, every
path in backticks exists, every subcommand that is named is one, every request is a route, every metric is
one of the service's, and the commands of the pages, typed in the order in which they stand, do what the
pages say."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MANUAL = ROOT / "Sources/redress/Documentation.docc"
PROGRAMS = pathlib.Path(os.environ.get("REDRESS_PROGRAMS", ROOT / ".build/release"))
REDRESS = PROGRAMS / "redress"
WALK_FILES_MAX = 45
# In the order in which a reader types them; each goes on where the one before ended.
TYPED = ["Commands.md", "Reading.md", "Contract.md", "Clients.md", "Returns.md", "Cases.md", "PersonalData.md", "Auditing.md",
         "AuditorsAfternoon.md", "Operating.md"]
# Of the pages that are typed.
TYPED_LANGUAGES = ("sh", "python", "javascript", "swift")
FOLDERS = "Sources|Projections|EventSchemas|Tests|tools"
problems = []


def documents():
    files = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, text=True, check=True,
                           capture_output=True).stdout.split("\0")
    return [ROOT / name for name in files if name and "/corpus/" not in name]


def blocks(text):
    """The code blocks of a page, as pairs of a language and what is in them."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)


def prose(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def anchors(text):
    for heading in re.findall(r"^#+ (.*)$", prose(text), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        yield re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def check_links(page, text):
    for target in re.findall(r"\]\(([^()\s]+)\)", prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        destination = (page.parent / path).resolve() if path else page
        if not destination.exists():
            problems.append(f"{page.relative_to(ROOT)}: {target} does not exist")
        elif anchor and anchor not in anchors(destination.read_text()):
            problems.append(f"{page.relative_to(ROOT)}: {target} has no such heading")


def check_paths(page, text):
    for path in re.findall(rf"`((?:{FOLDERS})/[\w./*-]+)`", prose(text)):
        if not list(ROOT.glob(path.rstrip("/"))):
            problems.append(f"{page.relative_to(ROOT)}: there is no {path}")


def check_subcommands(page, text, known):
    lines = "\n".join(body for language, body in blocks(text) if language == "sh")
    quoted = " ".join(f"`{code}`" for code in re.findall(r"`(redress [^`]*)`", prose(text)))
    for name in re.findall(r"(?:^|`|\| )redress ([a-z][a-z-]*)", lines + "\n" + quoted, re.M):
        if name not in known:
            problems.append(f"{page.relative_to(ROOT)}: redress has no command {name}")


def check_walk():
    """The walk of a command enters few files, each once."""
    page = (MANUAL / "Architecture.md").read_text()
    walk = re.search(r"^## The walk.*?(?=^## )", page, re.M | re.S)
    files = re.findall(rf"`((?:{FOLDERS})/[\w./-]+\.\w+)`", walk[0] if walk else "")
    twice = {name for name in files if files.count(name) > 1}
    if not files or len(files) > WALK_FILES_MAX or twice:
        problems.append(f"Architecture.md: the walk has {len(files)} files, twice {sorted(twice)}")


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def check_routes(page, path):
    """Each request that a page names is a route: PATCH is none of any, and the answer says which
    methods the path has."""
    for methods, target in re.findall(r"`((?:[A-Z]+`?, `?)*[A-Z]+) (/[^`?\s]*)[^`]*`", page.read_text()):
        connection = SocketConnection(path)
        connection.request("PATCH", target.replace("{", "").replace("}", ""))
        answer = connection.getresponse()
        allowed = answer.headers.get("Allow", "")
        for method in re.findall("[A-Z]+", methods):
            if answer.status != 405 or method not in allowed.split(", "):
                problems.append(f"{page.name}: no route {method} {target} ({answer.status}, {allowed})")


def check_metrics(page, folder):
    """Each metric that a page names is one of the service's, or of the monitor that was typed."""
    connection = SocketConnection(str(folder / "data/redress.sock"))
    connection.request("GET", "/metrics")
    metrics = connection.getresponse().read().decode()
    metrics += "".join(file.read_text() for file in folder.glob("*.prom"))
    for name in re.findall(r"`(redress_\w+)", page.read_text()):
        if f"# TYPE {name} " not in metrics:
            problems.append(f"{page.name}: there is no metric {name}")


class Session:
    """A shell in a folder of its own, in which a reader types."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.service = None
        (folder / "tools").symlink_to(ROOT / "tools")
        self.environment = dict(
            os.environ, PATH=f"{PROGRAMS}:{os.environ['PATH']}", LC_ALL="C.UTF-8")

    def type(self, language, body):
        """Runs a block; `redress serve` goes on in the background."""
        if language == "python":
            return self.run([sys.executable, "-"], body)
        if language == "javascript":
            return self.run(["node", "-"], body)
        if language == "swift":
            (self.folder / "client.swift").write_text(body)
            self.run(["swiftc", "-o", "client", "client.swift"], "")
            return self.run(["./client"], "")
        body = body.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        served = re.search(r"^redress serve .*$", body, re.M)
        output = self.run(["bash", "-eu", "-o", "pipefail"],
                          body.replace(served[0], "") if served else body)
        if served:
            self.serve(served[0])
        return output

    def run(self, command, body):
        result = subprocess.run(command, cwd=self.folder, input=body, text=True, timeout=120,
                                env=self.environment, capture_output=True)
        if result.returncode != 0:
            raise RuntimeError(f"exit code {result.returncode}: {result.stdout}{result.stderr}")
        if re.search(r'"outcome":"(rejected|conflict|invalid|retry)"|"type":"/problems/',
                     result.stdout):
            raise RuntimeError(f"a refusal: {result.stdout}")
        return result.stdout

    def serve(self, line):
        self.stop()
        with open(self.folder / "service.log", "w") as log:
            self.service = subprocess.Popen(["bash", "-c", f"exec {line}"], cwd=self.folder,
                                            env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.service.poll() is None:
            with socket.socket(socket.AF_UNIX) as client:
                try:
                    client.connect(str(self.folder / "data/redress.sock"))
                    return
                except OSError:
                    time.sleep(0.05)
        raise RuntimeError(f"{line}: {(self.folder / 'service.log').read_text()}")

    def stop(self):
        if self.service:
            self.service.send_signal(signal.SIGTERM)
            if self.service.wait(timeout=60) != 0:
                problems.append("the service did not stop in order")
            self.service = None


def type_page(page, session):
    """Types every block of a page; JSON that follows one is what it must print."""
    printed = None
    for language, body in blocks(page.read_text()):
        try:
            if language == "javascript" and not shutil.which("node"):
                print(f"skipped  {page.name} in Node: nodejs is missing; tools/setup --test installs it")
            elif language in TYPED_LANGUAGES and not re.match(r"(tools/(?!verify)|swift )", body):
                printed = session.type(language, body)
            elif language == "json" and printed is not None:
                if json.loads(body) != json.loads(printed):
                    problems.append(f"{page.name}: printed {printed}")
                printed = None
        except (RuntimeError, subprocess.TimeoutExpired) as problem:
            problems.append(f"{page.name}:\n{body}{problem}")


def type_pages(pages):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="manual"))
    session = Session(folder)
    try:
        for page in pages:
            type_page(page, session)
            check_routes(page, str(folder / "data/redress.sock"))
            check_metrics(page, folder)
    finally:
        session.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    usage = subprocess.run([REDRESS, "--help"], text=True, capture_output=True, check=True).stdout
    known = re.findall(r"^  ([a-z][a-z-]*)  ", usage, re.M)
    for page in documents():
        text = page.read_text()
        check_links(page, text)
        check_paths(page, text)
        check_subcommands(page, text, known)
    check_walk()
    type_pages([ROOT / "README.md"])
    type_pages([MANUAL / name for name in TYPED])
    for problem in problems:
        print(f"manual.py: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"manual.py: {len(documents())} documents checked, {len(TYPED) + 1} pages typed")


if __name__ == "__main__":
    main()
