#!/usr/bin/env python3
"""Proves that a refund's receipt is believed, and no changed one, and what a comparison of checkpoints says.

A receipt of the service, of a stopped folder and of the page's link are the same bytes. tools/verify-log
and Go's golang.org/x/mod/sumdb accept it with the public key alone; both refuse an altered line, a missing
event, another key and another checkpoint. tools/verify-log refuses every other change as well, such as
events in another order. `redress checkpoint compare` tells a longer history from another one.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same
from verifier import Judge, load_tool, run

JUDGE = proof.ROOT / "Tests/Conformance/transparency-judge/judge.go"


def text(receipt):
    """The bytes of a receipt, in its canonical form."""
    return json.dumps(receipt, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def build_judge(folder):
    environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="",
                       GOCACHE=str(folder / "go-cache"))
    subprocess.run(["go", "build", "-o", folder / "judge", JUDGE], env=environment, check=True)
    return folder / "judge"


class Verifiers:
    """Both programs that share no code with Redress."""

    def __init__(self, folder, judge, vkeys):
        self.folder, self.judge, self.vkeys = folder, judge, vkeys
        self.keys = folder / "keys.txt"
        self.keys.write_text("\n".join(vkeys) + "\n")

    def verify_log(self, content, keys=None):
        path = self.folder / "judged.receipt.json"
        path.write_bytes(content)
        return run("--receipt", path, "--key", f"@{keys or self.keys}")

    def go(self, content, vkey=None):
        path = self.folder / "judged.receipt.json"
        path.write_bytes(content)
        (own,) = [key for key in self.vkeys if key.split("+")[0].endswith("/acme")]
        return proof.run([self.judge, "receipt", path, vkey or own]).returncode


def paid_refund(data):
    """A service with two tenants, and a refund that is paid."""
    running = services.Service(data, pages=True)
    for tenant in ("acme", "zeta"):
        running.accepted(shop.opening(tenant))
        running.accepted([shop.order("1", tenant), shop.case("1", tenant=tenant),
                          shop.request("1", tenant=tenant)])
    running.accepted([shop.order("2"), shop.case("2"), shop.request("2")])
    running.accepted([shop.approve("1")])
    proof.wait_until(lambda: running.get("/v1/refunds/1?tenant=acme").json()["status"] == "executed",
                     "the refund is paid")
    proof.wait_until(quiet(running), "nothing more happens", interval=0.5)
    return running


def quiet(running):
    """Whether the history is as long as at the last call."""
    sizes = [None]

    def is_quiet():
        sizes.append(services.log_size(running.data))
        return sizes[-1] == sizes[-2]
    return is_quiet


def made_in_each_way(running, folder):
    data = running.data
    answer = running.get("/v1/receipts/1?tenant=acme")
    same("the service gives a receipt", (answer.status, answer.type), (200, "application/json"))
    same("as a file", answer.headers["content-disposition"],
         'attachment; filename="acme-1.receipt.json"')
    page = services.curl(running, "/tenants/acme/refunds/1", address=running.address).body.decode()
    (link,) = re.findall(r'href="(/v1/receipts/[^"]*)"', page)
    followed = services.curl(running, link, address=running.address)
    same("the page's link leads to it", (followed.status, followed.body), (200, answer.body))
    path = folder / "acme-1.receipt.json"
    proof.output([proof.REDRESS, "receipt", "--data", data, "--tenant", "acme", "1", "--out", path])
    same("the command asks the service", path.read_bytes(), answer.body)
    same("the service stops well", running.stop(), 0)
    printed = proof.output([proof.REDRESS, "receipt", "--data", data, "--tenant", "acme", "1"],
                           cwd=folder)
    same("without a service it reads the folder", path.read_bytes(), answer.body)
    same("and names the file", printed, "acme-1.receipt.json\n")
    return answer.body


def is_believed(content, verifiers, data):
    receipt = json.loads(content)
    same("it has one form", text(receipt), content)
    code, said = verifiers.verify_log(content)
    check(code == 0 and f"all {len(receipt['events'])} events of refund/1" in said,
          "tools/verify-log believes it", said)
    same("so does Go", verifiers.go(content), 0)
    lines = [event["line"] for event in receipt["events"]]
    same("it has the lines of the stream", "".join(line + "\n" for line in lines), proof.output(
        [proof.REDRESS, "replay", "--data", data, "--tenant", "acme", "--stream", "refund/1"]))
    locked = dict(reversed(line.split()) for line in (
        proof.ROOT / "EventSchemas/published.lock").read_text().splitlines())
    for schema in receipt["schemas"]:
        name, version = schema["id"].split(":")[-2:]
        path = "types.json" if name == "types" else f"events/{name}.{version}.json"
        same(f"its schema {path} is the published one",
             hashlib.sha256(schema["text"].encode()).hexdigest(), locked[path])
    first = verifiers.folder / "first.tlog-proof"
    first.write_text(receipt["events"][0]["proof"] + receipt["checkpoint"])
    event = verifiers.folder / "first.json"
    event.write_text(lines[0])
    same("a proof and the checkpoint are a tlog-proof",
         run("--proof", first, "--key", f"@{verifiers.keys}", "--event", event)[0], 0)
    return receipt


def changed_receipts(receipt, later, other_tenant):
    """What is no receipt of the refund any more; whether Go can see it, which knows no schemas."""
    def changed(change):
        copy = json.loads(json.dumps(receipt))
        change(copy)
        return copy

    def put(key, value):
        return changed(lambda copy: copy.update({key: value}))

    events, count = receipt["events"], len(receipt["events"])
    first = dict(events[0], line=events[0]["line"].replace('"quantity":2', '"quantity":3'))
    yield "an altered line", put("events", [first, *events[1:]]), True
    for index in range(count):
        yield f"event {index} of {count} is missing", put(
            "events", events[:index] + events[index + 1:]), True
    yield "one event is there twice", put("events", [events[0], *events]), True
    yield "the proofs of two events changed places", put("events", [
        dict(events[0], proof=events[1]["proof"]), dict(events[1], proof=events[0]["proof"]),
        *events[2:]]), True
    yield "two events changed places", put("events", [events[1], events[0], *events[2:]]), False
    yield "a later checkpoint", put("checkpoint", later["checkpoint"]), True
    yield "a later checkpoint with its statement", changed(lambda copy: copy.update(
        checkpoint=later["checkpoint"], statement=later["statement"])), True
    yield "another tenant's checkpoint", put("checkpoint", other_tenant["checkpoint"]), True
    yield "the statement of another refund", put("statement", later["statement"]), True
    yield "another tenant's name", put("tenant", "zeta"), False
    yield "another refund's name", put("refund", "2"), False
    yield "no schemas", put("schemas", []), False
    yield "an altered schema", put("schemas", [
        dict(receipt["schemas"][0], text=receipt["schemas"][0]["text"].replace("object", "array")),
        *receipt["schemas"][1:]]), False
    yield "one more member", dict(receipt, note="paid"), False


def refuses_what_is_changed(content, receipt, verifiers, data, other, random):
    def made(tenant, refund):
        path = verifiers.folder / f"{tenant}-{refund}.json"
        proof.output([proof.REDRESS, "receipt", "--data", data, "--tenant", tenant, "--out", path,
                      refund])
        return json.loads(path.read_bytes())

    running = services.Service(data)
    running.accepted([shop.command("later", "RegisterCustomer", {"customerId": "later"})])
    same("the service stops again", running.stop(), 0)
    for what, changed, is_seen_by_go in changed_receipts(receipt, made("acme", "2"),
                                                         made("zeta", "1")):
        check(changed != receipt, f"{what}: it is another one")
        code, said = verifiers.verify_log(text(changed))
        check(code == 1 and "WRONG" in said, f"{what}: tools/verify-log refuses it", said)
        if is_seen_by_go:
            same(f"{what}: Go refuses it", verifiers.go(text(changed)), 1)
    spaced = json.dumps(receipt, ensure_ascii=False).encode() + b"\n"
    same("with spaces it is refused", verifiers.verify_log(spaced)[0], 1)
    same("an earlier receipt stays good", verifiers.verify_log(content)[0], 0)
    keys = verifiers.folder / "other-keys.txt"
    keys.write_text("\n".join(other) + "\n")
    same("with another log's key it is refused", verifiers.verify_log(content, keys)[0], 1)
    same("by Go, too", verifiers.go(content, other[0]), 1)
    same("without a key it cannot be checked", run("--receipt", verifiers.folder / "acme-2.json")[0],
         2)
    judge, accepted = Judge(load_tool(), verifiers.vkeys), []
    for offset in random.sample(range(len(content)), 400):
        altered = bytearray(content)
        altered[offset] ^= 1 << random.randrange(8)
        if judge.receipt(bytes(altered)):
            accepted.append(offset)
    same("with any of 400 bytes changed it is refused", accepted, [])


def refusals(data, folder):
    def refused(code, words, *parts):
        result = proof.run([proof.REDRESS, *words])
        said = result.stderr.decode()
        missing = [part for part in parts if part not in said]
        check(result.returncode == code and not missing, f"{' '.join(map(str, words[:1]))} … "
              f"{words[-1]} ends with {code}", (result.returncode, missing, said))

    here = ["receipt", "--data", data, "--tenant", "acme"]
    refused(3, [*here, "none"], "acme", "no refund none")
    refused(2, [*here, "no ne"], "no ne", "1 to 64")
    refused(2, here, "REFUND")
    refused(2, ["receipt", "--data", data, "1"], "2 tenants", "name one")
    refused(3, ["receipt", "--data", data, "--tenant", "nobody", "1"], "no tenant nobody", "acme")
    keyless = folder / "keyless"
    shutil.copytree(data, keyless, ignore=shutil.ignore_patterns("keys", "*.sock"))
    refused(3, ["receipt", "--data", keyless, "--tenant", "acme", "1"], "not the keys")


def compares(data, restored, other, folder):
    def compared(code, where, old, *parts, source=None):
        result = proof.run([proof.REDRESS, "checkpoint", "compare", "--data", where, old],
                           input=source)
        said = (result.stdout + result.stderr).decode()
        missing = [part for part in parts if part not in said]
        check(result.returncode == code and not missing,
              f"compare of {getattr(old, 'name', old)} ends with {code}: {parts[0]}",
              (result.returncode, missing, said))
        return result.stdout.decode()

    def note(where, name):
        path = folder / name
        path.write_text(proof.output(
            [proof.REDRESS, "checkpoint", "--data", where, "--tenant", "acme"]))
        return path, path.read_text().splitlines()

    old, (_, old_size, old_root, *_) = note(data, "old")
    compared(0, data, old, "extends the old one", old_size, old_root)
    running = services.Service(data)
    running.accepted([shop.command(f"more-{index}", "RegisterCustomer", {
        "customerId": f"more-{index}"}) for index in range(300)])
    new, (_, size, root, *_) = note(data, "new")
    compared(0, data, old, "extends the old one", old_size, old_root, size, root)
    compared(0, data, "-", "extends the old one", old_size, size, source=old.read_bytes())
    same("the service stops well", running.stop(), 0)
    compared(0, data, old, "extends the old one", old_size, old_root, size, root)
    # Restored from an older copy, the folder has forgotten what was signed since.
    said = compared(1, restored, new, "it is shorter", size, root)
    check(said.startswith(new.read_text()) and said.count("— ") == 2, "and prints both notes", said)
    running = services.Service(restored)
    running.accepted([shop.command(f"fork-{index}", "RegisterCustomer", {
        "customerId": f"fork-{index}"}) for index in range(400)])
    said = compared(1, restored, new, f"first {size} events are others", size, root)
    check(said.startswith(new.read_text()) and said.count("— ") == 2, "and prints both notes", said)
    same("the service stops well", running.stop(), 0)
    compared(1, restored, new, f"first {size} events are others", size, root)
    foreign, _ = note(other, "foreign")
    compared(1, data, foreign, "not a checkpoint that this log signed", "none of the keys")
    changed = folder / "changed"
    changed.write_text(old.read_text().replace(f"\n{old_size}\n", f"\n{int(old_size) - 1}\n"))
    compared(1, data, changed, "not a checkpoint that this log signed")
    changed.write_text(old.read_text().replace("/acme\n", "/nobody\n", 1))
    compared(1, data, changed, "no tenant nobody")
    changed.write_text("hello\n")
    compared(1, data, changed, "not a checkpoint that this log signed", "signed note")
    compared(3, data, folder / "nothing", "nothing")
    result = proof.run([proof.REDRESS, "checkpoint", "compare", "--data", data])
    same("without a note it ends with 2", result.returncode, 2)


def vkeys_of(data):
    words = proof.output([proof.REDRESS, "keys", "show", "--data", data]).split()
    return [word for word in words if word.count("+") >= 2]


def main():
    random, folder = proof.begin(__doc__.splitlines()[0])
    data, other = folder / "original", folder / "other"
    running = paid_refund(data)
    content = made_in_each_way(running, folder)
    restored = folder / "restored"
    shutil.copytree(data, restored, ignore=shutil.ignore_patterns("*.sock", "lock"))
    second = services.Service(other)
    second.accepted(shop.opening())
    same("another service stops well", second.stop(), 0)
    verifiers = Verifiers(folder, build_judge(folder), vkeys_of(data))
    receipt = is_believed(content, verifiers, data)
    refuses_what_is_changed(content, receipt, verifiers, data, vkeys_of(other), random)
    refusals(data, folder)
    compares(data, restored, other, folder)


main()
