#!/usr/bin/env python3
"""Proves that what keeps a command of `redress` from starting is said in a sentence that helps.

Exit codes are the documented ones: 2 for words that are not understood, 3 for what cannot be done. A
second service on the same folder names the first.
"""

import contextlib
import os
import pathlib
import signal
import socket
import sqlite3
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

NOBODY = 65534


def ends(sentence, arguments, code, *words, before=()):
    """One command that must end with this code and say these words on standard error alone."""
    result = proof.run([*before, proof.REDRESS, *arguments], timeout=30)
    said = result.stderr.decode()
    missing = [word for word in words if str(word) not in said]
    check(result.returncode == code and not missing and not result.stdout,
          f"{sentence}: {code}, {said.splitlines()[0] if said else ''}",
          f"{result.returncode}, printed {result.stdout!r}, said {said!r} (missing: {missing})")


def command_lines(folder):
    ends("no such command", ["sevre"], 2, "sevre", "--help")
    ends("an unknown option of serve", ["serve", "--data", folder / "new", "--prot", "1"], 2,
         "--prot", "redress serve --help")
    for tool in ("serve", "verify", "status", "replay"):
        ends(f"{tool} without --data", [tool], 2, "--data is missing", f"redress {tool} --help")
    ends("an option without its value", ["verify", "--data"], 2, "--data needs a value")
    ends("an option twice", ["verify", "--data", "a", "--data", "b"], 2, "--data", "2 times")
    ends("a port that is none", ["serve", "--data", folder / "new", "--http", "127.0.0.1:80000"],
         2, "127.0.0.1:80000", "HOST:PORT", "127.0.0.1:8080")
    ends("positions the wrong way round", ["replay", "--data", folder / "data", "--from", "5",
         "--to", "3"], 2, "--from 5", "--to 3")
    ends("an unknown read model", ["projections", "rebuild", "Refunds", "--data", folder / "data"],
         2, "Refunds", "RefundQueue")
    check(not (folder / "new").exists(), "none of them made a data folder")


def no_data_folder(folder):
    empty = folder / "empty"
    empty.mkdir()
    for tool in ("serve", "verify", "status", "replay"):
        for path in (empty, folder / "nowhere"):
            ends(f"{tool} of {path.name}", [tool, "--data", path], 3, path, "no data folder",
                 "redress init makes one")
    check(not list(empty.iterdir()) and not (folder / "nowhere").exists(),
          "serve begins no history in a folder that is no data folder")
    ends("projections of empty", ["projections", "list", "--data", empty], 3, "no data folder")
    (folder / "file").touch()
    ends("a data folder that is a file", ["serve", "--data", folder / "file"], 3, folder / "file",
         "no data folder")
    ends("init where a file is", ["init", "--data", folder / "file"], 3, folder / "file",
         "a file is in its way")
    ends("init of a data folder", ["init", "--data", folder / "data"], 3, folder / "data",
         "is a data folder already")
    ends("init with a name that is none", ["init", "--data", folder / "named", "--log-name", "a b"],
         2, "a b", "no log name")
    check(not (folder / "named").exists(), "and no folder is made")


def no_such_tenant(folder):
    ends("replay of a tenant that is none", ["replay", "--data", folder / "data", "--tenant", "acne"],
         3, "no tenant acne", "acme")


def places(folder):
    data = folder / "places"
    services.make(data)
    ends("a socket in a folder that is missing",
         ["serve", "--data", data, "--socket", folder / "none" / "s"], 3, folder / "none" / "s",
         "does not exist", "create it")
    ends("a socket path of more than 107 bytes",
         ["serve", "--data", data, "--socket", folder / ("s" * 108)], 3, "107 bytes", "shorter")
    ends("a socket path where a file is", ["serve", "--data", data, "--socket", folder / "file"], 3,
         folder / "file", "not a socket")
    check((folder / "file").is_file(), "and the file is still there")
    ends("an address that is not loopback", ["serve", "--data", data, "--http", "0.0.0.0:0"], 2,
         "127.0.0.1", "reverse proxy")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ends("a port that is taken", ["serve", "--data", data, "--http", f"127.0.0.1:{port}"], 3,
             f"127.0.0.1:{port}", "another process listens there")
    commands = folder / "commands"
    commands.write_text("{}\n")
    ends("submit without a service", ["submit", "--socket", folder / "none.sock", commands], 3,
         "cannot reach", folder / "none.sock", "no service listens")
    ends("submit to a folder without a service", ["submit", "--data", data, commands], 3,
         "no service runs", "redress serve")
    ends("submit of nothing", ["submit", "--socket", folder / "none.sock", os.devnull], 2,
         "no command")


def not_permitted(folder):
    setpriv = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if os.geteuid() != 0 or proof.run([*setpriv, "true"]).returncode != 0:
        return proof.skip("another user's folders: this user may not become another one")
    if proof.run([*setpriv, proof.REDRESS, "--help"]).returncode != 0:
        return proof.skip("another user's folders: the program is not readable for others")
    folder.chmod(0o755)
    ours, theirs = folder / "ours", folder / "theirs"
    ours.mkdir(mode=0o755)
    proof.output([proof.REDRESS, "init", "--data", theirs])
    proof.output(["chown", "-R", f"{NOBODY}:{NOBODY}", theirs])
    ends("a data folder that is not writable", ["init", "--data", ours], 3, ours, "permission denied",
         before=setpriv)
    for tool in ("serve", "verify", "status", "replay"):
        ends(f"{tool} of another user's data folder", [tool, "--data", folder / "data"], 3,
             folder / "data", "permission denied", "run as the user", before=setpriv)
    ends("a socket's folder that is not writable",
         ["serve", "--data", theirs, "--socket", ours / "s"], 3, ours / "s", "permission denied",
         before=setpriv)


def second_service(folder):
    first = services.Service(folder / "data")
    first.accepted(shop.opening())
    ends("a second service on the same folder", ["serve", "--data", first.data], 3,
         f"process {first.process.pid} ", first.socket, "stop that one first")
    services.make(folder / "other")
    ends("a second service on the same socket",
         ["serve", "--data", folder / "other", "--socket", first.socket], 3, first.socket,
         "another process listens there")
    check(first.get("/healthz").status == 200, "the first still answers")
    first.kill()
    first.start()
    check(first.get("/healthz").status == 200, "after SIGKILL it starts on its own socket again")
    check(first.stop() == 0, "SIGTERM ends it with 0")
    first.start()
    first.process.send_signal(signal.SIGHUP)
    check(first.get("/healthz").status == 200, "it goes on after SIGHUP")
    first.process.send_signal(signal.SIGINT)
    check(first.process.wait(timeout=60) == 0, "SIGINT ends it with 0")
    check("SIGINT: stopping" in first.words() and "stopped; the log ends" in first.words(),
          "SIGINT is said, and the end is orderly", first.words())


def break_refund_queue(data):
    """Beside the service, which would not believe a file that was changed before it starts."""
    with contextlib.closing(sqlite3.connect(data / "read-models" / "RefundQueue.sqlite")) as database:
        database.execute("DROP TABLE tenants")


def is_answering(running):
    try:
        return running.get("/healthz").status == 200
    except OSError:
        return False


def reader_that_left(folder):
    """A service whose standard error nobody reads any more goes on, also when it has to complain."""
    running = services.Service(folder / "unread")
    running.stop()
    reading, writing = os.pipe()
    running.process = proof.start(running.command, stdout=writing, stderr=writing)
    os.close(writing)
    proof.wait_until(lambda: is_answering(running), "the service answers")
    os.close(reading)
    break_refund_queue(running.data)
    running.accepted(shop.opening())
    proof.wait_until(lambda: running.get("/readyz").status == 503, "it has something to say")
    same("the service stops well with nobody to tell", running.stop(), 0)


def stopped_read_model(folder):
    """A projector that cannot apply an event is shown, and reported once."""
    data = folder / "data"
    running = services.Service(data)
    same("status is well", proof.run([proof.REDRESS, "status", "--data", data]).returncode, 0)
    break_refund_queue(data)
    running.accepted([shop.command("longer", "ChangeTenantSettings", {"returnWindowDays": 20})])
    proof.wait_until(lambda: running.get("/readyz").status == 503, "it is not ready")
    time.sleep(3)
    count = running.words().count("RefundQueue")
    check(1 <= count <= 3, f"the service reports the failure once, not again and again ({count})",
          running.words()[-2000:])
    for running_or_not in ("a running service", "a stopped one"):
        for words in (["status"], ["projections", "list"]):
            result = proof.run([proof.REDRESS, *words, "--data", data])
            shown = result.stdout.decode()
            check(result.returncode == 1 and "RefundQueue" in shown and "TenantSettingsChanged" in shown
                  and "tenants" in shown, f"{' '.join(words)} shows it, with 1, of {running_or_not}",
                  (result.returncode, shown))
        if running.process.poll() is None:
            same("the service stops well", running.stop(), 0)
    result = proof.run([proof.REDRESS, "projections", "rebuild", "--data", data, "RefundQueue"])
    check(result.returncode == 1 and "changed beside this one" in result.stderr.decode(),
          "a rebuild says that the file was edited, with 1", result)
    same("after a rebuild it is well", proof.run([proof.REDRESS, "status", "--data", data]).returncode,
         0)


def main():
    _, folder = proof.begin(__doc__)
    second_service(folder)
    command_lines(folder)
    no_data_folder(folder)
    no_such_tenant(folder)
    places(folder)
    not_permitted(folder)
    stopped_read_model(folder)
    reader_that_left(folder)


main()
