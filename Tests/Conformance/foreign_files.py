#!/usr/bin/env python3
"""Proves that files of other users do not become the service's own, nor its files theirs.

Links and folders of another user in the place of the socket, the data folder, the outbox or the settings are
refused, and so is a second service under another name of the same folder.
"""

import json
import os
import pathlib
import shutil
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
import users
from proof import check, same

THIEF = 65_532


def starts_not(sentence, words, said, code=3, uid=0, tool="serve"):
    result = users.run_as(uid, proof.REDRESS, tool, *words, timeout=30)
    check(result.returncode == code and said in result.stderr.decode(),
          f"{sentence}: {result.stderr.decode().splitlines()[0]}", f"{result.returncode} {result.stderr.decode()}")


def files_of_others_are_refused(running, folder):
    """Links and folders in the place of the socket, the data folder, the outbox and the settings."""
    theirs = folder / "theirs"
    theirs.mkdir()
    kept = folder / "kept"
    kept.write_text("a file of the owner\n")
    os.chown(theirs, THIEF, THIEF)
    for name in ("log", "keys", "outbox", "evidence", "redress.json", "redress.sock", "new"):
        moved = users.run_as(THIEF, "mv", "-T", running.data / name, theirs / name)
        linked = users.run_as(THIEF, "ln", "-sfn", theirs, running.data / name)
        check(moved.returncode and linked.returncode, f"another user cannot put a link in the place of {name}")
    data = folder / "linked"
    services.make(data)
    (data / "redress.sock").symlink_to(kept)
    starts_not("a link to a file as the socket", ["--data", data], "redress.sock")
    (data / "redress.sock").unlink()
    (data / "redress.sock").symlink_to(running.socket)
    starts_not("a link to another service's socket", ["--data", data], "redress.sock")
    same("the file is as it was, and that service answers",
         (kept.read_text(), running.get("/healthz").status), ("a file of the owner\n", 200))
    (data / "redress.sock").unlink()
    settings = theirs / "redress.json"
    settings.write_text(json.dumps({"principals": [
        {"name": "thief", "uid": THIEF, "tenants": ["*"], "permissions": ["*"], "actors": ["*"]}]}))
    os.chown(settings, THIEF, THIEF)
    (data / "redress.json").symlink_to(settings)
    starts_not("settings that another user wrote", ["--data", data], "other users", code=2)
    (running.data / "redress.json").symlink_to(settings)
    running.process.send_signal(signal.SIGHUP)
    proof.wait_until(lambda: "can be written by other users" in running.words(), "a link to them is refused")
    (running.data / "redress.json").unlink()
    same("a link to them is refused at SIGHUP, too: the thief stays a stranger", users.request_as(THIEF, running, "GET", "/v1/events").status, 403)


def folders_of_others_are_refused(folder):
    """Their owner could read and exchange what is in them."""
    for name, is_linked in (("", False), ("log", False), ("outbox", False), ("outbox", True), ("evidence", True),
                            ("read-models", True)):
        data = folder / f"owned-{name}-{is_linked}"
        services.make(data)
        part = data / name
        if is_linked:
            shutil.rmtree(part, ignore_errors=True)
            part.symlink_to(folder / "theirs")
        else:
            part.mkdir(exist_ok=True)
            os.chown(part, THIEF, THIEF)
        mode = part.stat().st_mode
        starts_not(f"another user's folder {'linked ' if is_linked else ''}as {name or 'the data folder'}",
                   ["--data", data], f"{part} belongs to user {THIEF}")
        same("whose mode stays", part.stat().st_mode, mode)
    empty = folder / "empty"
    empty.mkdir()
    os.chown(empty, THIEF, THIEF)
    starts_not("init in another user's folder", ["--data", empty], f"{empty} belongs to user {THIEF}", tool="init")
    same("makes nothing there", os.listdir(empty), [])


def one_service_for_a_folder(running, folder):
    other_name = folder / "other-name"
    other_name.symlink_to(running.data)
    for name in (other_name, running.data / ".." / running.data.name, f"{running.data}/"):
        starts_not(f"a second service on {name}", ["--data", name, "--socket", folder / "second.sock"],
                   f"process {running.process.pid}")
    starts_not("one as another user", ["--data", running.data, "--socket", folder / "second.sock"],
               "permission denied", uid=THIEF)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    if users.are_missing():
        return proof.skip("files of other users: only root can act as them")
    running = services.Service(folder / "data")
    users.open_to_others(running)
    shop.begin_with_paid_refund(running)
    files_of_others_are_refused(running, folder)
    folders_of_others_are_refused(folder)
    one_service_for_a_folder(running, folder)
    same("the service stops well", running.stop(), 0)
    return None


main()
