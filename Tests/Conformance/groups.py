#!/usr/bin/env python3
"""Proves that a group reaches what redress.json gives it of a data folder, and nothing else.

As root, with users and groups that every Debian has: the socket has its group, an auditor of another user
reads and verifies the log with `redress verify`, `zstd` and tools/verify-log, also what was written later,
and reads no key, read model, message or evidence. Without the setting, the folder is the service's alone.
"""

import grp
import json
import os
import pathlib
import pwd
import stat
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

GROUP, OTHER_GROUP = "games", "news"
USER, STRANGER = "games", "nobody"
PRIVATE = ["keys", "read-models", "outbox", "evidence", "operations.sqlite"]


def as_user(user, group):
    names = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={names.pw_uid}", f"--regid={grp.getgrnam(group).gr_gid}",
            "--clear-groups"]


AUDITOR, CALLER, OUTSIDER = (
    as_user(USER, GROUP), as_user("news", OTHER_GROUP), as_user(STRANGER, "nogroup"))


def rights(path):
    found = os.lstat(path)
    return grp.getgrgid(found.st_gid).gr_name, oct(stat.S_IMODE(found.st_mode))


def reads(who, path):
    return proof.run([*who, "cat", path]).returncode == 0


def connects(who, path):
    return proof.run([*who, "curl", "-sS", "--max-time", "10", "--unix-socket", path,
                      "http://localhost/healthz"]).returncode == 0


def set_groups(data, **files):
    (data / "redress.json").write_text(json.dumps({"files": files}))


def refuses(sentence, data, *words, before=(), options=()):
    was = {path: rights(path) for path in [data, *data.rglob("*")]}
    result = proof.run([*before, proof.REDRESS, "serve", "--data", data, *options])
    said = result.stderr.decode()
    check(result.returncode == 2 and all(word in said for word in words), f"{sentence} is refused", said)
    same("and nothing was changed", {path: rights(path) for path in [data, *data.rglob("*")]}, was)


def private(data, who):
    found = [path for name in PRIVATE for path in [data / name, *(data / name).rglob("*")]]
    wide = [path for path in found if os.lstat(path).st_mode & 0o077]
    same("keys, read models, messages, evidence and records are the service's alone", wide, [])
    files = [path for path in found if path.is_file()]
    same("and a user of the group opens none of them", [path for path in files if reads(who, path)], [])


def shared_log(data):
    paths = [data / "log", *(data / "log").rglob("*")]
    wrong = [(path, rights(path)) for path in paths
             if rights(path)[0] != GROUP and "sqlite" not in path.name
             or path.is_dir() and rights(path)[1] != "0o750"
             or path.suffix == ".zst" and rights(path)[1] not in ("0o640", "0o440")]
    same("every part of the log is the auditors' to read", wrong, [])
    for name in ("checkpoints", "checkpoints-by-day", "tiles"):
        check(any((data / "log" / name).rglob("*")), f"{name} is part of it")


def verified(data, folder):
    """As the auditor, with the programs of the manual."""
    program = folder / "redress"
    if not program.exists():
        os.link(proof.REDRESS, program) if os.stat(proof.REDRESS).st_dev == os.stat(folder).st_dev \
            else program.write_bytes(pathlib.Path(proof.REDRESS).read_bytes())
        program.chmod(0o755)
    said = proof.output([*AUDITOR, program, "verify", "--data", data], cwd="/")
    check("verified in" in said, "redress verify passes for the auditor", said)
    lines = proof.output(
        [*AUDITOR, "bash", "-euc", 'zstd -dcq "$1"/log/*.zst | wc -l', "bash", data], cwd="/")
    same("zstd reads every event", int(lines), len(services.events(data)))
    notes = [path for path in (data / "log" / "checkpoints").iterdir()]
    check(notes and all(reads(AUDITOR, path) for path in notes), "and the signed checkpoints", notes)


def foreign(data):
    """A start by a user to whom all of the folder belongs, but for a file of the log."""
    path = data / "log" / "notes.txt"
    path.touch()
    path.chmod(0o600)
    set_groups(data, auditorsGroup="nogroup")
    result = proof.run([*OUTSIDER, "env", "-C", "/", proof.REDRESS, "serve", "--data", data])
    said = result.stderr.decode()
    words = [f"{path} belongs to user 0", "the group nogroup", "under files",
             f"chown it to user {pwd.getpwnam(STRANGER).pw_uid}"]
    check(result.returncode == 3 and all(word in said for word in words),
          "another user's file in the log is refused, with its owner, the rule and what to do", said)
    same("and stays as it was", rights(path), ("root", "0o600"))


def grown(running, number):
    running.accepted([shop.order(number), shop.case(number), shop.request(number)])
    return running.stop()


def main():
    _, folder = proof.begin(__doc__)
    if os.geteuid() != 0:
        return proof.skip("users and groups: this is not root")
    if proof.run([*AUDITOR, "true"]).returncode != 0:
        return proof.skip("users and groups: this root may not become another user")
    folder.chmod(0o755)
    data = folder / "data"
    running = services.Service(data)
    shop.begin_with_paid_refund(running)
    same("a service without groups stops", running.stop(), 0)
    same("its log is its own", rights(data / "log")[1], "0o700")
    wide = [path for path in (data / "log").rglob("*")
            if os.lstat(path).st_mode & 0o077 and "sqlite" not in path.name]
    same("and all in it", wide, [])
    private(data, AUDITOR)

    set_groups(data, socketGroup="no-such-group")
    refuses("an unknown group", data, "$.files.socketGroup", "no-such-group", "getent group", "groupadd")
    set_groups(data, auditorGroup=GROUP)
    refuses("a mistyped key", data, "auditorGroup", "did you mean auditorsGroup")
    set_groups(data, socketGroup=GROUP, auditorsGroup=OTHER_GROUP)
    refuses("a socket that its group could not reach", data, "$.files.socketGroup", GROUP, OTHER_GROUP,
            "put the socket")

    set_groups(data, socketGroup=GROUP, auditorsGroup=GROUP)
    running.start()
    same("the socket has its group", rights(running.socket), (GROUP, "0o660"))
    check(connects(AUDITOR, running.socket), "a user of the group connects")
    check(not connects(OUTSIDER, running.socket), "another does not")
    same("the folder can be passed", rights(data), (GROUP, "0o750"))
    same("it stops", grown(running, "later"), 0)
    shared_log(data)
    verified(data, folder)
    private(data, AUDITOR)
    check(not reads(OUTSIDER, data / "log" / "00000000000000000000.zst"), "another user reads nothing")
    same("doctor agrees", json.loads(proof.output(
        [proof.REDRESS, "doctor", "--data", data, "--json"]))["checks"][1]["state"], "ok")
    os.chown(data / "log", -1, 0)
    said = proof.output([proof.REDRESS, "doctor", "--data", data])
    check(f"the group {GROUP} cannot read it" in said, "and says where a group is not the one", said)

    for name in ("checkpoints", "checkpoints-by-day", "tiles"):
        proof.output(["rm", "-r", data / "log" / name])
    running.start()
    proof.output([proof.REDRESS, "log", "segments", "--data", data])
    same("it stops again", grown(running, "last"), 0)
    shared_log(data)
    verified(data, folder)

    apart = pathlib.Path(tempfile.mkdtemp(dir=folder))
    apart.chmod(0o755)
    running.socket = apart / "s"
    running.command += ["--socket", running.socket]
    set_groups(data, socketGroup=OTHER_GROUP, auditorsGroup=GROUP)
    running.start()
    check(connects(CALLER, running.socket) and not connects(AUDITOR, running.socket),
          "in another folder, the socket has a group of its own")
    same("which reads no log", reads(CALLER, data / "log" / "00000000000000000000.zst"), False)
    same("it stops once more", running.stop(), 0)

    (data / "redress.json").unlink()
    running.start()
    check(not reads(AUDITOR, data / "log" / "00000000000000000000.zst"),
          "without the setting, the group reads it no more")
    same("and it stops", running.stop(), 0)

    proof.output(["chown", "-R", f"{STRANGER}:nogroup", data])
    set_groups(data, auditorsGroup=GROUP)
    os.chown(data / "redress.json", 0, 0)
    (data / "redress.json").chmod(0o644)
    refuses("a group that the service's user is not in", data, "$.files.auditorsGroup", GROUP, "usermod",
            before=[*OUTSIDER, "env", "-C", "/"])
    foreign(data)
    proof.output(["chown", "-R", "root:root", data])


if __name__ == "__main__":
    main()
