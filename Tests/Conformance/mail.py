#!/usr/bin/env python3
"""Proves that messages reach a mail server (aiosmtpd), once, and that none is lost on the way.

STARTTLS and TLS from the beginning, with a certificate that the file of authorities vouches for, and with
one that nothing does; a server without TLS on this machine, and on another one; a login from a file, and a
wrong one; a server that is not there for a while, or refuses everybody; a recipient and a message that are
refused for good, those that may be taken later, a sender that is refused; a server that says nothing while
the service is asked to stop, and while a person is erased; an erasure after a refusal; wrong settings. The
password is in nothing that can be read.
"""

import pathlib
import socket
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

PYTHON = proof.ROOT / ".build" / "conformance" / "bin" / "python"
SERVER = pathlib.Path(__file__).parent / "support" / "mail_server.py"
PASSWORD = "planted-secret-7f3a"


class MailServer:
    """A process with a port of its own, which stays the same while it is down."""

    def __init__(self, folder, name="localhost"):
        self.folder = folder / "taken"
        self.folder.mkdir()
        self.plan = folder / "plan"
        self.plan.write_text("")
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        proof.output(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
             "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.2", "-keyout", self.key, "-out", self.certificate])
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self, *options):
        options = options or ("--tls", self.certificate, self.key, "--login", "redress", PASSWORD)
        self.process = proof.start(
            [PYTHON, SERVER, self.port, self.folder, self.plan, *options], stdout=subprocess.PIPE)
        same("the mail server listens", self.process.stdout.readline(), b"listening\n")

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    @property
    def taken(self):
        """Envelopes and messages."""
        found = []
        for path in sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem)):
            head, _, message = path.read_bytes().partition(b"\r\n")
            found.append((head.decode().split(" "), message))
        return found

    @property
    def recipients(self):
        return sorted(recipient for (_, recipient, _), _ in self.taken)


class SilentServer:
    """A server that greets as it is told, and says nothing to a message."""

    def __init__(self, greeting):
        self.greeting = greeting
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.is_reading = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection):
        connection.sendall(self.greeting + b"\r\n")
        lines = connection.makefile("rb")
        if not self.greeting.startswith(b"220"):
            return connection.close()
        for line in lines:
            if line.upper().startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
                self.is_reading.set()
                while lines.readline():
                    pass
                return None
            connection.sendall(b"250 silent\r\n")
        return None


def customers(*names):
    return [shop.command(name, "RegisterCustomer", {"customerId": name, "email": f"{name}@example.com"})
            for name in names]


def people(*names):
    return shop.opening()[:1] + [
        shop.command("settings", "ChangeTenantSettings", {"emailNotifications": True}),
        shop.command("boss", "AddAgent", {"agentId": "boss", "role": "admin"})] + customers(*names)


def erasure(name):
    return shop.command(f"erase-{name}", "EraseSubject", {"subjectId": name, "reason": "Asked for"},
                        actor="agent/boss")


def refund_of(name):
    """What leads to one message to a customer: a request for a refund."""
    order, case, request = shop.order(name), shop.case(name), shop.request(name)
    order["data"]["customerId"] = case["data"]["customerId"] = name
    case["actor"] = request["actor"] = f"customer/{name}"
    return [order, case, request]


def names(folder):
    return sorted(path.name for path in folder.glob("*.eml"))


def main():
    _, folder = proof.begin(__doc__)
    if not PYTHON.exists():
        proof.skip("aiosmtpd is not installed; tools/setup --test does that")
        return
    server = MailServer(folder)
    login = folder / "login"
    login.write_text(f"redress\n{PASSWORD}\n")
    login.chmod(0o600)
    data = folder / "data"
    outbox = data / "outbox"
    options = ["--mail-from", "refunds@example.com", "--mail-server", f"smtp://localhost:{server.port}",
               "--mail-login", login, "--mail-authorities", server.certificate]
    running = services.Service(data, *options)

    # The server is not there yet.
    running.accepted(people("ada", "bob", "cyd", "dan") + refund_of("ada"))
    proof.wait_until(lambda: len(names(outbox)) == 1, "a message waits")
    proof.wait_until(lambda: b"mail fails and tries again" in running.get("/readyz").body,
                     "the service says that the server is not there")
    same("commands are decided all the same", running.get("/readyz").status, 200)
    server.start()
    proof.wait_until(lambda: server.recipients == ["ada@example.com"], "the message comes when it is there",
                     seconds=60)
    proof.wait_until(lambda: names(outbox) == [], "and waits no more")
    (envelope, message), = server.taken
    same("over TLS, from the sender", envelope, ["refunds@example.com", "ada@example.com", "True"])
    same("the bytes are those of the file", message, next((outbox / "sent").glob("*.eml")).read_bytes())

    # Refused for good, and taken later, beside one that is taken.
    server.plan.write_text("bob@example.com 550 5.1.1 no such user\ncyd@example.com 451 4.7.1 try again later\n"
                           "hal@example.com 554 5.7.1 relay access denied\n")
    running.accepted(customers("hal") + [
        one for name in ("bob", "cyd", "hal", "dan") for one in refund_of(name)])
    proof.wait_until(lambda: "dan@example.com" in server.recipients, "the others keep it from nothing")
    proof.wait_until(lambda: len(names(outbox / "refused")) == 1, "a refused one is kept apart")
    (refused,) = (outbox / "refused").glob("*.eml")
    lines = refused.read_bytes().split(b"\r\n")
    check(lines[0].startswith(b"X-Refused: ") and b"550 5.1.1 no such user" in lines[0], "with the reason", lines[0])
    check(b"bob@example.com" in refused.read_bytes(), "and the message", refused)
    proof.wait_until(lambda: f"{refused.name} will not be delivered: RCPT failed: 550" in running.words(),
                     "the service says so")
    check("bob@example.com" not in running.words(), "and names no address", running.words())
    proof.wait_until(lambda: len(names(outbox)) == 2, "those for later wait, also where a right is missing")
    status = proof.output([proof.REDRESS, "status", "--data", data])
    check("messages in the outbox: 2, refused by the mail server: 1" in status, "status counts both", status)
    metrics = running.get("/metrics").body.decode().splitlines()
    check("redress_outbox_refused_messages 1" in metrics, "so do the metrics", metrics)
    server.plan.write_text("")
    # A start forgets how long to wait.
    same("the service stops well", running.stop(), 0)
    running.start()
    proof.wait_until(lambda: names(outbox) == [], "they come when the server takes them")
    same("each came once", server.recipients,
         [f"{name}@example.com" for name in ("ada", "cyd", "dan", "hal")])

    # The same of what the server says once it has the whole message.
    server.plan.write_text("* 451 4.3.0 try again later\n")
    running.accepted(customers("ida") + refund_of("ida"))
    proof.wait_until(lambda: len(names(outbox)) == 1, "a message waits")
    time.sleep(1)
    same("and is not given up", len(names(outbox / "refused")), 1)
    server.plan.write_text("* 554 5.6.0 content refused\n")
    same("the service stops well", running.stop(), 0)
    running.start()
    proof.wait_until(lambda: len(names(outbox / "refused")) == 2, "a refused message is kept apart, too")
    proof.wait_until(lambda: "will not be delivered: the server answers 554 to the message" in running.words(),
                     "and the service says so")
    server.plan.write_text("")

    # Killed in between, each still comes.
    server.stop()
    running.accepted(customers("eve") + refund_of("eve"))
    proof.wait_until(lambda: len(names(outbox)) == 1, "a message waits")
    running.kill()
    server.start()
    running.start()
    proof.wait_until(lambda: "eve@example.com" in server.recipients, "a killed service sends it when it is back")

    # A sender that is refused is no fault of the message.
    server.plan.write_text("- 553 5.7.1 you may not send\n")
    running.accepted(customers("fay") + refund_of("fay"))
    proof.wait_until(lambda: b"MAIL failed: 553" in running.get("/readyz").body, "a refused sender is said")
    same("and the message waits", len(names(outbox)), 1)
    server.plan.write_text("")
    proof.wait_until(lambda: "fay@example.com" in server.recipients, "until the sender is taken", seconds=60)

    # An erasure takes what was refused, too.
    running.accepted([erasure("bob")])
    same("nothing of an erased person is left", [
        path for path in outbox.rglob("*") if path.is_file() and b"bob@example.com" in path.read_bytes()], [])

    # A server that accepts and says nothing keeps nobody from stopping.
    server.stop()
    with socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        silent.bind(("127.0.0.1", server.port))
        silent.listen()
        running.accepted(customers("gil") + refund_of("gil"))
        silent.settimeout(60)
        connection, _ = silent.accept()
        begin = time.monotonic()
        same("the service stops well", running.stop(), 0)
        check(time.monotonic() - begin < 5, "within five seconds", time.monotonic() - begin)
        connection.close()

    # Nothing tells the password.
    everywhere = [running.said] + [path for path in data.rglob("*") if path.is_file()]
    same("the password is in no file", [path for path in everywhere if PASSWORD.encode() in path.read_bytes()], [])

    # Wrong passwords, certificates and settings.
    server.start()
    login.write_text("redress\nwrong\n")
    running.start()
    proof.wait_until(lambda: b"Login denied" in running.get("/readyz").body, "a wrong login is said")
    same("and loses nothing", len(names(outbox)), 1)
    same("the service stops well", running.stop(), 0)
    login.write_text(f"redress\n{PASSWORD}\n")
    running.command = [word for word in running.command if word not in ("--mail-authorities", server.certificate)]
    running.start()
    proof.wait_until(lambda: "gil@example.com" in server.recipients, "a server of this machine vouches for itself")
    same("the service stops well", running.stop(), 0)
    server.stop()

    # Another machine, as 127.0.0.2 is taken for one.
    def elsewhere(name, url, options, *arguments):
        """A service with a message for a server at 127.0.0.2."""
        server.start("--host", "127.0.0.2", *options)
        other = services.Service(folder / name, "--mail-server", url, *arguments)
        other.accepted(people("kim") + refund_of("kim"))
        return other

    before = len(server.taken)
    other = elsewhere("plain", f"smtp://127.0.0.2:{server.port}", ())
    proof.wait_until(lambda: b"STARTTLS" in other.get("/readyz").body, "a server without TLS is refused")
    same("the service stops well", other.stop(), 0)
    server.stop()
    certified = ("--tls", server.certificate, server.key)
    other = elsewhere("unknown", f"smtp://127.0.0.2:{server.port}", certified)
    proof.wait_until(lambda: b"certificate" in other.get("/readyz").body, "an unknown certificate is refused")
    same("the service stops well", other.stop(), 0)
    server.stop()
    other = elsewhere("at-once", f"smtps://127.0.0.2:{server.port}", (*certified, "--at-once"),
                      "--mail-authorities", server.certificate)
    proof.wait_until(lambda: len(server.taken) == before + 1, "TLS from the beginning is taken")
    same("nothing else was sent", server.recipients.count("kim@example.com"), 1)
    same("the service stops well", other.stop(), 0)
    server.stop()

    # A server that refuses everybody, and one that says nothing to a message.
    closed = SilentServer(b"554 5.3.2 not now")
    other = services.Service(folder / "closed", "--mail-server", f"smtp://127.0.0.1:{closed.port}")
    other.accepted(people("lou") + refund_of("lou"))
    proof.wait_until(lambda: b"554" in other.get("/readyz").body, "a server that refuses everybody is said")
    same("and refuses no message", [len(names(folder / "closed/outbox")), len(names(folder / "closed/outbox/refused"))],
         [1, 0])
    same("the service stops well", other.stop(), 0)
    silent = SilentServer(b"220 silent")
    other = services.Service(folder / "silent", "--mail-server", f"smtp://127.0.0.1:{silent.port}")
    other.accepted(people("max") + refund_of("max"))
    check(silent.is_reading.wait(60), "a message is on its way")
    begin = time.monotonic()
    other.accepted([erasure("max")])
    check(time.monotonic() - begin < 10, "its recipient is erased all the same", time.monotonic() - begin)
    same("and nothing waits", names(folder / "silent/outbox"), [])
    same("the service stops well", other.stop(), 0)

    def refuses(words, what, *options):
        ended = subprocess.run([proof.REDRESS, "serve", "--data", data, *options], capture_output=True, text=True)
        check(ended.returncode in (2, 3) and words in ended.stderr, what, (ended.returncode, ended.stderr))

    refuses("smtps://HOST:PORT", "an address that is none is refused", "--mail-server", "mail.example.com")
    refuses("without mailServer", "a login without a server is refused", "--mail-login", login)
    login.chmod(0o604)
    refuses("chmod o-r", "a login that all can read is refused", "--mail-server", "smtp://localhost:25",
            "--mail-login", login)
    login.chmod(0o600)
    login.write_text("redress\n")
    refuses("two lines", "a login without a password is refused", "--mail-server", "smtp://localhost:25",
            "--mail-login", login)
    refuses("No such file", "authorities that are not there are refused", "--mail-server",
            "smtp://localhost:25", "--mail-authorities", folder / "none.pem")
    server.stop()


main()
