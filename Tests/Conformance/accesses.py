#!/usr/bin/env python3
"""Proves that who opens what is recorded in the tenant _system, and that nothing opens unrecorded.

On a running service and on its stopped folder: personal texts are opened with a reason only, and the
record is in the log before they are. Evidence and receipts that the service hands out are recorded, as
are operators' actions, rebuilds and audits. Another user, and a folder whose log cannot be written, get
nothing. The history of the service is as signed, chained and audited as every other.
"""

import csv
import fcntl
import json
import os
import pathlib
import select
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

WORDS = "Both are cracked"


def redress(*words, code=0, **options):
    result = proof.run([proof.REDRESS, *words], **options)
    if result.returncode != code:
        proof.fail(f"redress {' '.join(map(str, words))} ends with {result.returncode}, not {code}: "
                   f"{result.stderr.decode()}")
    return (result.stderr if code > 1 else result.stdout).decode()


def records(data):
    """What was recorded of the service itself, read with zstd alone."""
    return [event for event in services.events(data) if event["source"] == "/tenants/_system"]


def opening(data, way):
    before = len(records(data))
    case = ["replay", "--data", data, "--tenant", "acme", "--stream", "case/2"]
    sealed = redress(*case)
    check(WORDS not in sealed and "enc:v1:" in sealed, f"{way}: replay leaves texts sealed")
    same("which nothing records", len(records(data)), before)
    for words, part in ((["--open"], "--open needs --reason"), (["--reason", "x"], "belongs to --open")):
        check(part in redress(*case, *words, code=2), f"{part} is an error")
    opened = redress(*case, "--open", "--reason", "complaint 17")
    check(WORDS in opened and "enc:v1:" not in opened, "with a reason they are opened")
    (record,) = records(data)[before:]
    same("which is recorded", (record["type"], record["peeruid"], record["data"] | {"recordId": ""}), (
        "DataAccessed", os.getuid(), {
            "recordId": "", "kind": "personal_texts", "tenant": "acme", "what": "case/2",
            "reason": "complaint 17", "way": "command_line", "by": f"service/uid-{os.getuid()}"}))
    check(WORDS in redress("trail", "--data", data, "--tenant", "acme", "case", "2", "--open",
                           "--reason", "complaint 17", "--format", "csv"), "so does a trail")
    check(WORDS in redress("projections", "diff", "--data", data, "--tenant", "acme", "--open",
                           "--reason", "complaint 17", "0", "20"), "and a comparison")
    same("each is recorded", [event["data"]["what"] for event in records(data)[before + 1:]],
         ["trail of case/2", "differences between position 0 of acme and position 20 of acme"])


def handed_out(running, data):
    before = len(records(data))
    kept = running.request("PUT", "/v1/evidence?tenant=acme&subject=robin", b"photo",
                           {"Content-Type": "image/png"}).json()
    same("evidence", running.get(f"/v1/evidence/{kept['key']}?tenant=acme&reason=dispute").body, b"photo")
    same("and a receipt", running.get("/v1/receipts/1?tenant=acme").status, 200)
    same("are recorded as they are handed out",
         [(event["data"]["kind"], event["data"].get("reason")) for event in records(data)[before:]],
         [("evidence", "dispute"), ("receipt", None)])
    told = running.get("/v1/accesses?tenant=acme&limit=2&minPosition=0").json()["accesses"]
    proof.wait_until(lambda: running.get("/v1/accesses?tenant=acme").json()["accesses"][0]["kind"]
                     == "receipt", "the read model has them")
    check(told is not None, "and listed, newest first")
    page = services.curl(running, "/tenants/acme/audit/accesses").body.decode()
    check("evidence " + kept["key"] in page and "dispute" in page, "the page shows them", page[-2000:])


def registered_later(running, data):
    """Who follows every tenant opens the texts of one that is registered meanwhile, too."""
    following = proof.start([proof.REDRESS, "replay", "--data", data, "--follow", "--open", "--reason", "watch"],
                            stdout=-1)
    proof.wait_until(lambda: records(data)[-1]["data"].get("reason") == "watch", "a follower is recorded")
    running.accepted([*shop.opening("later"), shop.command("robin", "RegisterCustomer", {
        "customerId": "robin", "firstName": WORDS}, "later")])
    for line in following.stdout:
        if WORDS.encode() in line and b"/tenants/later" in line:
            break
    else:
        proof.fail("the follower ended before it opened the texts of another tenant")
    following.kill()
    following.wait()
    same("and its access to a tenant that is registered meanwhile",
         [event["data"]["tenant"] for event in records(data) if event["data"].get("reason") == "watch"],
         ["acme", "zeta", "later"])


def slowly_read(data):
    """Who reads a page at a time keeps neither a service nor another reader from the stopped folder."""
    before = len(records(data))
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    case = ["replay", "--data", data, "--tenant", "acme", "--open", "--reason"]
    reading = proof.start([proof.REDRESS, *case, "page"], stdout=write)
    os.close(write)
    proof.wait_until(lambda: len(records(data)) > before and select.select([read], [], [], 0)[0],
                     "a reader begins")
    check(WORDS in redress(*case, "another"), "another reads meanwhile")
    same("the first has not ended", reading.poll(), None)
    os.close(read)
    reading.wait()
    same("both are recorded", len(records(data)), before + 2)


def reasons(data):
    case = ["replay", "--data", data, "--tenant", "acme", "--open", "--reason"]
    before = len(records(data))
    for reason, part in (("", "give 1 to 500"), (" \n", "is blank"), (500 * "e\u0301", "1000 characters")):
        check(part in redress(*case, reason, code=2), f"a reason is refused: {part}")
    same("without a record", len(records(data)), before)
    redress(*case, 250 * "e\u0301")
    same("one that fits is recorded", len(records(data)), before + 1)


def exported(data, folder):
    redress("audit", "export", "--data", data, "--tenant", "acme", folder / "sealed")
    check(not (folder / "sealed" / "csv" / "personal.csv").exists(), "an export is sealed")
    same("says its manifest", json.loads((folder / "sealed" / "manifest.json").read_text())
         ["personalData"]["opened"], None)
    redress("audit", "export", "--data", data, "--tenant", "acme", "--open", "--reason", "court order",
            folder / "opened")
    with open(folder / "opened" / "csv" / "personal.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    check([row for row in rows if row["text"] == WORDS and row["field"] == "body"],
          "with a reason it has the texts", rows)
    same("and says so", json.loads((folder / "opened" / "manifest.json").read_text())
         ["personalData"]["opened"], {"file": "csv/personal.csv", "reason": "court order"})
    same("the last record", records(data)[-1]["data"]["kind"], "export")


def operated(data, folder):
    before = len(records(data))
    redress("keys", "backup", "--data", data, folder / "keys")
    redress("keys", "rotate", "--data", data)
    redress("projections", "rebuild", "--data", data, "RefundQueue")
    redress("audit", "--data", data, "--record")
    found = records(data)[before:]
    same("operators' actions, rebuilds and audits are recorded",
         [event["type"] for event in found],
         ["OperatorActed", "OperatorActed", "ProjectionVerified"] + 3 * ["AuditCompleted"])
    same("what was done", [event["data"].get("action") for event in found[:2]],
         ["keys_copied", "signing_key_rotated"])
    listed = redress("projections", "list", "--data", data)
    check(found[2]["data"]["digest"] in listed, "a rebuild has the digest that the list shows")
    same("the audit's result", (found[3]["data"]["tenant"], found[3]["data"]["findings"]), ("acme", []))


def refused(data, folder):
    count = len(records(data))
    case = ["replay", "--data", data, "--tenant", "acme", "--stream", "case/2", "--open", "--reason", "x"]
    if os.getuid() != 0:
        proof.skip("another user needs root to be tried")
        return
    os.chmod(folder, 0o755)
    os.chmod(data / "log", 0o750)
    for segment in (data / "log").glob("*.zst"):
        segment.chmod(0o640)
    said = redress(*case, code=3, user=65534, group=0, extra_groups=[])
    check(WORDS not in said, "another user, who may read the log, opens nothing", said)
    os.chmod(data / "log", 0o550)
    same("and nothing was recorded of it", len(records(data)), count)
    keys = sorted(os.listdir(data / "keys"))
    os.chown(data, 65534, -1)
    for path in data.rglob("*"):
        os.chown(path, 65534, -1)
    for words in ([], ["--master"]):
        redress("keys", "rotate", "--data", data, *words, code=3, user=65534, group=0, extra_groups=[])
        same("keys are not rotated where it cannot be recorded",
             sorted(name for name in os.listdir(data / "keys") if name.endswith(".key")),
             [name for name in keys if name.endswith(".key")])
    for path in [data, *data.rglob("*")]:
        os.chown(path, os.getuid(), -1)
    os.chmod(data / "log", 0o700)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data, pages=True)
    shop.begin_with_paid_refund(running)
    running.accepted([shop.order("2"), shop.case("2"), shop.request("2"), shop.command("message", "PostMessage", {
        "caseId": "2", "customerId": "robin", "authorRole": "buyer", "body": WORDS},
        actor="customer/robin")])
    opening(data, "beside the service")
    handed_out(running, data)
    for tool in ("status", "checkpoint"):
        check("_system" not in redress(tool, "--data", data), f"{tool} does not list it")
    check("/tenants/_system" not in redress("replay", "--data", data), "nor does a whole replay")
    check("/tenants/_system" in redress("replay", "--data", data, "--tenant", "_system"),
          "unless it is named")
    check("acme" in redress("explain", "--data", data, "position", "3"),
          "nor does it make a position ambiguous")
    stream = records(data)[0]["subject"]
    same("of which one entry is asked for by its stream",
         redress("replay", "--data", data, "--tenant", "_system", "--stream", stream).count("\n"), 1)
    check("_system" in redress("checkpoint", "--data", data, "--tenant", "_system"), "it is signed, too")
    registered_later(running, data)
    exported(data, folder)
    same("the service stops well", running.stop(), 0)
    opening(data, "on the stopped folder")
    slowly_read(data)
    reasons(data)
    operated(data, folder)
    refused(data, folder)
    redress("verify", "--data", data)
    running.start()
    page = services.curl(running, "/tenants/acme/audit").body.decode()
    check("no findings" in page and "decide-again" in page and "RefundQueue" in page,
          "the page has the audit and the verified read model", page[-3000:])
    same("the service stops again", running.stop(), 0)


main()
