#!/usr/bin/env python3
"""Proves that signed checkpoints are copied to a folder and to a server, that both are tried again,
and that a copy is never replaced by a checkpoint that does not extend it.
"""

import http.server
import json
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
from proof import check, same


class Store(http.server.BaseHTTPRequestHandler):
    """Keeps what is PUT; refuses while it is told to."""

    kept = {}
    is_refusing = False

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not Store.is_refusing:
            Store.kept[self.path] = body
        self.send_response(503 if Store.is_refusing else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


def metric(running, name):
    return int(re.search(rf"^{name} (\d+)$", running.get("/metrics").body.decode(), re.M)[1])


def signed(running):
    """The newest checkpoint; asking for it signs what has grown."""
    return running.get("/v1/checkpoint?tenant=acme").body


def waiting(running, tenant):
    """How many checkpoints have no copy, as the tenant is told."""
    page = running.get(f"/tenants/{tenant}/checkpoints?format=json").body
    return json.loads(page)["copies"]["waiting"]


def to_a_folder(folder):
    target = folder / "published"
    running = services.Service(folder / "data", "--publish", target)
    running.accepted(shop.opening())
    first = signed(running)
    proof.wait_until(
        lambda: "checkpoint-copies fails and tries again" in running.get("/readyz").body.decode(),
        "a folder that is missing is said to be")
    check(metric(running, "redress_checkpoint_copies_waiting") == 1, "and what waits is counted")
    same("no copy was made yet", metric(running, "redress_checkpoint_copy_timestamp_seconds"), 0)
    target.mkdir()
    proof.wait_until(lambda: (target / "acme").exists(), "once it is there the copy is made")
    same("it is the signed note", (target / "acme").read_bytes(), first)
    proof.wait_until(lambda: metric(running, "redress_checkpoint_copies_waiting") == 0,
                     "nothing waits any more")
    check(metric(running, "redress_checkpoint_copy_timestamp_seconds") > 0, "the time is told")
    status = proof.output([proof.REDRESS, "status", "--data", running.data])
    check("signed checkpoints: last copied at 20" in status, "status tells it, too", status)
    # Not of this tenant, which comes first, and in nobody's way.
    (target / "aaa").write_text("no checkpoint")
    running.accepted(shop.opening("aaa"))
    proof.wait_until(lambda: "aaa is no checkpoint" in running.get("/readyz").body.decode(),
                     "a copy that cannot be replaced is said to be")
    running.accepted([shop.order("lantern")])
    third = signed(running)
    proof.wait_until(lambda: (target / "acme").read_bytes() == third, "and keeps no other back")
    proof.wait_until(lambda: waiting(running, "acme") == 0, "whose page tells of its own copies")
    same("while the other's is told to wait", waiting(running, "aaa"), 1)
    (target / "aaa").unlink()
    old = folder / "old"
    running.stop()
    shutil.copytree(running.data, old, ignore=shutil.ignore_patterns("*.sock", "lock"))
    running.start()
    running.accepted([shop.order("lamp")])
    second = signed(running)
    proof.wait_until(lambda: (target / "acme").read_bytes() == second, "the next one follows")
    same("the service stops well", running.stop(), 0)
    rolled_back = services.Service(old, "--publish", target)
    proof.wait_until(lambda: "rolled back" in rolled_back.get("/readyz").body.decode(),
                     "a history that was rolled back is found")
    same("and the copy stays", (target / "acme").read_bytes(), second)
    rolled_back.accepted([shop.order("candle")])
    rolled_back.accepted([shop.order("mirror")])
    signed(rolled_back)
    proof.wait_until(lambda: "are others" in rolled_back.get("/readyz").body.decode(),
                     "a history that went another way is found when it has grown")
    same("and the copy stays then, too", (target / "acme").read_bytes(), second)
    same("it stops well", rolled_back.stop(), 0)
    return running


def to_a_server(running):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Store.is_refusing = True
    url = f"http://127.0.0.1:{server.server_port}/notes/"
    running.command[-1] = url
    running.start()
    proof.wait_until(lambda: "answers 503 to PUT" in running.get("/readyz").body.decode(),
                     "a server that refuses is said to")
    Store.is_refusing = False
    proof.wait_until(lambda: "/notes/acme" in Store.kept, "and it is tried again")
    same("it has the signed note", Store.kept["/notes/acme"], signed(running))
    same("the service stops well", running.stop(), 0)
    server.shutdown()


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    to_a_server(to_a_folder(folder))


main()
