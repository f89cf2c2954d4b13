#!/usr/bin/env python3
"""Proves that a monitor follows a history over a socket, a URL and a folder, also as another user,
and that it raises a fork, a history that was rolled back, and one that is gone.
"""

import contextlib
import http.server
import os
import pathlib
import re
import shutil
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
import tokens
from proof import check, same

NOBODY = 65534


def watched(source, keys, state, *words, code=0, **options):
    """What one round prints; it must end with a code."""
    result = proof.run([proof.REDRESS, "monitor", "--once", "--from", source, "--key", keys,
                        "--state", state, *words], **options)
    said = result.stdout.decode() + result.stderr.decode()
    if result.returncode != code:
        proof.fail(f"a round from {source} ends with {result.returncode}, not {code}: {said}")
    return said


def figures(file):
    """The metrics of the only tenant, by name."""
    found = re.findall(r'^redress_monitor_(\w+)\{tenant="acme"\} (\d+)$', file.read_text(), re.M)
    return {name: int(value) for name, value in found}


def customers(name, count):
    return [shop.command(f"{name}-{index}", "RegisterCustomer", {"customerId": f"{name}-{index}"})
            for index in range(count)]


def follows(running, keys, folder):
    sources = {"socket": running.socket, "URL": running.address,
               "folder": running.data}
    said = watched(running.address, keys, folder / "none", code=3)
    check("shows nothing without a session" in said, "a URL asks for a token", said)
    key = tokens.new_key()
    tokens.accept(running, key)
    (folder / "token").write_text(tokens.token(key, "kit", "auditor", ["acme"]) + "\n")
    with_token = {"URL": ["--token", folder / "token"]}
    for name, source in sources.items():
        first = watched(source, keys, folder / name, *with_token.get(name, []))
        check("all controls ran" in first and " 0 read again" in first,
              f"{name}: the first round reads everything", first)
    running.accepted(customers("more", 1_500))
    for name in ["socket", "URL"]:
        metrics = folder / f"{name}.prom"
        words = ["--metrics", metrics, *with_token.get(name, [])]
        second = watched(sources[name], keys, folder / name, *words)
        check("1500 new" in second, f"{name}: the second round reads what is new", second)
        third = watched(sources[name], keys, folder / name, *words)
        check(" 0 new" in third and re.search(r"[1-9]\d* read again", third),
              f"{name}: the third reads some of it again", third)
        check(figures(metrics)["alarms"] == 0 and figures(metrics)["source_up"] == 1,
              f"{name}: all is well", figures(metrics))
    whole = watched(running.socket, keys, folder / "socket", "--whole-every", "0")
    check("all controls ran" in whole, "everything is read again by schedule", whole)


def follows_as_another_user(running, keys, folder):
    if os.geteuid() != 0:
        print("skipped another user: this is not root")
        return
    shared = folder / "shared"
    shared.mkdir()
    shutil.copy(keys, shared / "keys")
    shutil.copy(folder / "token", shared / "token")
    program = shutil.copy(proof.REDRESS, shared / "redress")
    for path in [folder, shared, shared / "keys", shared / "token", pathlib.Path(program)]:
        path.chmod(0o755)
    home = shared / "nobody"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    result = proof.run(
        [program, "monitor", "--once", "--from", running.address, "--token", shared / "token",
         "--key", shared / "keys", "--state", home / "state"],
        user=NOBODY, group=NOBODY, extra_groups=[])
    same("another user follows over the network",
         (result.returncode, result.stderr.decode()), (0, ""))


def stands(running, keys, folder):
    """A monitor that goes on while the service goes and comes."""
    metrics = folder / "standing.prom"
    process = proof.start(
        [proof.REDRESS, "monitor", "--every", "1", "--from", running.socket, "--key", keys,
         "--state", folder / "standing", "--metrics", metrics], stdout=open(os.devnull, "wb"))
    proof.wait_until(lambda: metrics.exists() and figures(metrics).get("source_up") == 1,
                     "a standing monitor reads the source")
    said = watched(running.socket, keys, folder / "standing", code=3)
    check("another monitor" in said, "a second monitor on its state is refused", said)
    size = figures(metrics)["checkpoint_events"]
    running.accepted(customers("standing", 3))
    proof.wait_until(lambda: figures(metrics)["checkpoint_events"] == size + 3,
                     "and what comes later")
    same("the service stops well", running.stop(), 0)
    proof.wait_until(lambda: figures(metrics)["source_up"] == 0, "it says that the source is gone")
    running.start()
    proof.wait_until(lambda: figures(metrics)["source_up"] == 1, "and that it is back")
    process.terminate()
    process.wait()


def raises(running, old, keys, folder):
    """The monitor knows the history with what came after the copy `old`."""
    watched(running.socket, keys, folder / "raising")
    said = watched(old, keys, folder / "raising", code=1)
    check("signed before, and now" in said, "a history that was rolled back is raised", said)
    check(said.count("— redress/acme") == 2, "with both notes", said)
    evidence = folder / "raising" / "acme.alarm-1"
    check(evidence.read_text().count("— redress/acme") == 2, "which are kept as evidence")
    watched(old, keys, folder / "raising", "--metrics", folder / "nowhere" / "metrics", code=1)
    fork = services.Service(old)
    fork.accepted(customers("fork", 4_000))
    said = watched(fork.socket, keys, folder / "raising", "--whole-every", "0", code=1)
    check("not those that were signed" in said, "a fork that grew is raised", said)
    same("it stops well", fork.stop(), 0)
    said = watched(running.socket, keys, folder / "raising")
    check("as signed" in said, "and the history itself is still accepted", said)


class Endless(http.server.BaseHTTPRequestHandler):
    """Sends a checkpoint, or a line, that never ends."""
    protocol_version = "HTTP/1.1"
    note = None

    def do_GET(self):
        self.send_response(200)
        whole = self.note if self.path.startswith("/v1/checkpoint") else None
        self.send_header(*(("Content-Length", str(len(whole))) if whole else ("Transfer-Encoding", "chunked")))
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(whole or b"")
            while not whole:
                self.wfile.write(b"10000\r\n%s\r\n" % (b"x" * 0x10000))

    def log_message(self, *_):
        pass


def ends_what_does_not_end(running, keys, folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    said = watched(url, keys, folder / "endless", code=1)
    check("more than 1000000 bytes" in said, "a checkpoint without an end is none", said)
    Endless.note = running.get("/v1/checkpoint?tenant=acme").body
    said = watched(url, keys, folder / "endless", code=3)
    check("a line that does not end" in said, "a line without an end is not awaited", said)
    server.shutdown()


def refuses(running, keys, folder):
    other = folder / "foreign"
    foreign = services.Service(folder / "other")
    foreign.accepted(shop.opening())
    other.write_bytes(proof.output([proof.REDRESS, "keys", "show", "--data", foreign.data]).encode())
    same("another service stops well", foreign.stop(), 0)
    said = watched(running.socket, other, folder / "refused", code=1)
    check("cannot be believed" in said, "a history that another key signed is raised", said)
    watched(folder / "nowhere", keys, folder / "refused", code=3)
    watched(running.socket, folder / "nowhere", folder / "refused", code=3)
    watched(running.socket, running.said, folder / "refused", code=2)
    watched(running.socket, keys, folder / "refused", "--every", "0", code=2)
    watched(running.socket, keys, folder / "refused", "--whole-every", "9223372036854775807", code=2)
    nowhere = folder / "link"
    nowhere.symlink_to(folder / "unmounted")
    said = watched(running.socket, keys, nowhere / "state", code=3)
    check("create folder" in said, "a state behind a link to nowhere is refused", said)
    (folder / "refused").mkdir(exist_ok=True)
    (folder / "refused" / "acme.json").write_text("{}")
    said = watched(running.socket, keys, folder / "refused", code=3)
    check("acme.json" in said, "a state that no monitor stored is refused", said)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    running = services.Service(folder / "data", pages=True)
    running.accepted(shop.opening() + [shop.order("lamp"), shop.case("lamp")])
    running.accepted([shop.request("lamp"), shop.approve("lamp")])
    proof.wait_until(
        lambda: running.get("/v1/refunds/lamp?tenant=acme").json().get("status") == "executed",
        "nothing more follows of itself")
    keys = folder / "keys"
    keys.write_bytes(
        proof.output([proof.REDRESS, "keys", "show", "--data", running.data]).encode())
    proof.output([proof.REDRESS, "checkpoint", "--data", running.data])
    old = folder / "old"
    shutil.copytree(running.data, old, ignore=shutil.ignore_patterns("*.sock", "lock"))
    follows(running, keys, folder)
    follows_as_another_user(running, keys, folder)
    stands(running, keys, folder)
    raises(running, old, keys, folder)
    ends_what_does_not_end(running, keys, folder)
    refuses(running, keys, folder)
    same("the service stops well", running.stop(), 0)


main()
