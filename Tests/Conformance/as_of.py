#!/usr/bin/env python3
"""Proves `redress as-of` and `redress projections diff` on a shop's folder, beside its running service.

The pages as of now say what the service's pages say; those as of before lack what came since, lead to
each other as files and need no service. What differs between two points names the events that did it.
Words are there where they are opened, while their person's key is. What is no point, and a folder in use, are refused and leave
nothing.
"""

import csv
import html.parser
import io
import json
import pathlib
import shutil
import sqlite3
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same


class Page(html.parser.HTMLParser):
    """What a page says below its header, and where it leads."""

    def __init__(self, markup):
        super().__init__()
        self.links, self.words, self.banners, self.elements, self.is_main = [], [], [], [], False
        self.in_banner = False
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.elements.append(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        self.is_main = self.is_main or tag == "main"
        self.in_banner = named.get("class") == "banner"

    def handle_endtag(self, tag):
        # What stands below the page is the service's, not the read model's.
        self.is_main = self.is_main and tag != "main"

    def handle_data(self, data):
        if self.in_banner:
            self.banners.append(data)
        elif self.is_main and data.strip():
            self.words.append(data.strip())
        self.in_banner = False


def redress(*words, code=0):
    """What a command prints; it must end with a code."""
    result = proof.run([proof.REDRESS, *words])
    said = (result.stderr if code > 1 else result.stdout + result.stderr).decode()
    if result.returncode != code:
        proof.fail(f"redress {' '.join(map(str, words))} ends with {result.returncode}, not {code}: {said}")
    return said


def as_of(data, folder, *words, code=0, opened=True):
    why = ["--open", "--reason", "a proof"] if opened else []
    return redress("as-of", "--data", data, "--out", folder, *why, *words, code=code)


def positions(data, tenant="acme"):
    """The type and time of each event of a tenant, in order."""
    return [event for event in services.events(data) if event["source"] == f"/tenants/{tenant}"]


def digests(text):
    return {line.split()[0]: line.split()[-1] for line in text.splitlines()[1:] if line.split()[1:]}


def digests_of(folder):
    """What as-of.json says; its files must say the same."""
    said = json.loads((folder / "as-of.json").read_text())
    models = {model["name"]: model["digest"] for model in said["readModels"]}
    same("each read model has its file", sorted(models),
         sorted(path.stem for path in (folder / "read-models").iterdir()))
    return models


def refunds(folder):
    with sqlite3.connect(folder / "read-models" / "RefundQueue.sqlite") as database:
        return dict(database.execute("SELECT refund_id, status FROM refunds WHERE tenant = 'acme'"))


def pages(folder):
    """Every page by its name; each link must lead to a page."""
    found = {path.name: Page(path.read_text()) for path in (folder / "pages").iterdir()}
    for name, page in found.items():
        for link in page.links:
            target = urllib.parse.urldefrag(link)[0]
            if target and target != "data:," and target not in found:
                proof.fail(f"{name} leads to {link}, which is no file")
        if "form" in page.elements or len(page.banners) != 1:
            proof.fail(f"{name} has forms, or does not say once as of when it is: {page.banners}")
    check(len(found) > 10, f"{len(found)} pages lead to pages, and say as of when they are")
    return found


def now(running, data, folder):
    last = len(positions(data)) - 1
    as_of(data, folder, "--tenant", "acme", str(last))
    exported = pages(folder)
    served = Page(services.curl(running, "/tenants/acme/refunds/2").body.decode())
    same("as of the last event a page says what the service says",
         exported["tenants.acme.refunds.2.html"].words, served.words)
    listed = digests(redress("projections", "list", "--data", data))
    every = folder.parent / "every"
    as_of(data, every, positions(data)[-1]["recordedtime"])
    # What was opened for this comparison is recorded after that time.
    differing = {name for name, digest in digests_of(every).items() if digest != listed[name]}
    same("as of the last time every read model of the shop is the service's", differing, {"Audits"})


def before(data, folder):
    events = positions(data)
    kinds = [event["type"] for event in events]
    approved = kinds.index("RefundApproved")
    said = as_of(data, folder, "--tenant", "acme", str(approved))
    check(f"as of position {approved} of acme: 11 read models" in said, "it says what it made", said)
    same("the refund is approved and not yet paid", refunds(folder)["1"], "approved")
    page = pages(folder)["tenants.acme.refunds.1.html"]
    check("approved" in page.words and "Refund leg settled" not in page.words, "so says its page",
          page.words)
    check(f"As of position {approved} of acme" in page.banners[0], "its banner names the point")
    note = json.loads((folder / "as-of.json").read_text())
    (tenant,) = note["tenants"]
    # A refund is reserved and approved in one commit, which happened as a whole.
    check(approved <= tenant["lastPosition"] <= approved + 2, "and so does as-of.json", tenant)
    same("with the time of the last event",
         note["recordedTime"], events[tenant["lastPosition"]]["recordedtime"])
    check(tenant["checkpoint"]["size"] > tenant["lastPosition"], "a checkpoint covers it", tenant)
    again = folder.parent / "again"
    as_of(data, again, "--tenant", "acme", str(tenant["lastPosition"]))
    same("a second folder has the same files",
         {path.name: path.read_bytes() for path in again.glob("read-models/*")},
         {path.name: path.read_bytes() for path in folder.glob("read-models/*")})
    return approved


def signed(data, folder):
    note = folder / "then.txt"
    note.write_text(redress("checkpoint", "--data", data, "--tenant", "acme"))
    size = int(note.read_text().splitlines()[1])
    out = folder / "signed"
    as_of(data, out, note)
    tenant = json.loads((out / "as-of.json").read_text())["tenants"][0]
    same("a checkpoint names its tenant and its size",
         (tenant["tenant"], tenant["lastPosition"], tenant["checkpoint"]["size"]),
         ("acme", size - 1, size))
    lines = note.read_text().splitlines(keepends=True)
    forged = folder / "forged.txt"
    forged.write_text("".join([lines[0], f"{size - 1}\n", *lines[2:]]))
    unsigned = folder / "unsigned.txt"
    unsigned.write_text("".join(lines[:3]))
    for file in (forged, unsigned):
        said = as_of(data, folder / "refused", file, code=1)
        check("is not a checkpoint that this log signed" in said, f"{file.name} is refused", said)
    said = as_of(data, folder / "refused", "--tenant", "zeta", note, code=2)
    check("the checkpoint is of acme, not of zeta" in said, "the tenant must be the note's", said)


def personal(running, data, folder):
    """A message's words are there while its customer's key is."""
    words = "Both are <b>cracked</b>"
    running.accepted([
        shop.command("message", "PostMessage", {
            "caseId": "2", "customerId": "robin", "authorRole": "buyer", "body": words},
            actor="customer/robin"),
        shop.command("admin", "AddAgent", {"agentId": "max", "role": "admin"})])
    then = str(len(positions(data)) - 1)

    def said(name, source=data, opened=True):
        as_of(source, folder / name, "--tenant", "acme", then, opened=opened)
        page = Page((folder / name / "pages" / "tenants.acme.cases.2.html").read_text())
        return "cracked" in " ".join(page.words)

    check(said("with-keys"), "where they are opened, the words are there")
    check(not said("sealed", opened=False), "where nobody asks for it, they are not")
    copy = folder / "without"
    shutil.copytree(data / "log", copy / "log")
    check(not said("without-keys", copy, opened=False), "nor in a folder without keys")
    refused = as_of(copy, folder / "refused", "--tenant", "acme", then, code=3)
    check("no personal keys" in refused, "where nothing can be opened", refused)
    running.accepted([shop.command(
        "erase", "EraseSubject", {"subjectId": "robin", "reason": "Asked for"}, actor="agent/max")])
    check(not said("erased"), "nor after the erasure, also as of before it")


def refusals(data, folder, used):
    count = len(positions(data))
    for words, code, part in (
            (["--tenant", "acme", str(count)], 3, f"has {count} events, up to position {count - 1}"),
            (["--tenant", "beta", "1"], 3, "there is no tenant beta"),
            (["1"], 2, "2 tenants: name one"),
            (["--tenant", "acme"], 2, "POINT is missing"),
            (["yesterday"], 2, "is no point: give a position, a time such as"),
            (["2000-01-01T00:00:00Z"], 3, "no event was recorded up to 2000-01-01"),
            (["2999-01-01T00:00:00Z"], 3, "has not come yet")):
        said = as_of(data, folder / "refused", *words, code=code)
        check(part in said and len(said.splitlines()) <= 2, f"{' '.join(words)}: {part}", said)
    (folder / "link").symlink_to(data / "evidence")
    for target, part in ((used, "is not empty"), (data / "as-of", "inside the data folder"),
                         (folder / "link" / "new", "inside the data folder"),
                         (folder / "then.txt", "is a file")):
        said = as_of(data, target, "--tenant", "acme", "1", code=3)
        check(part in said, f"a folder that {part} is refused", said)
    left = [path.name for path in folder.iterdir() if "refused" in path.name]
    same("a refused command leaves nothing", left, [])
    empty = folder / "empty"
    empty.mkdir()
    as_of(data, empty, "--tenant", "acme", "1")
    check((empty / "as-of.json").exists(), "an empty folder is filled")


def differences(data, approved):
    def diff(*words, code=0):
        return redress("projections", "diff", "--data", data, "--tenant", "acme", *words, code=code)

    last = str(len(positions(data)) - 1)
    told = json.loads(diff("--format", "json", str(approved), last))
    (change,) = [row for row in told["changes"]
                 if row["table"] == "refunds" and row["readModel"] == "RefundQueue"
                 and row["key"]["refund_id"] == "1"]
    same("the refund went from approved to executed", change["columns"]["status"],
         {"before": "approved", "after": "executed"})
    # Every event of the refund counts, because its revision is one of the columns.
    kinds = [event["type"] for event in positions(data)
             if event["subject"] == "refund/1" and int(event["id"]) > approved]
    same("by the events that did it, in order",
         [event["type"] for event in change["events"]], kinds)
    check(kinds[-1] == "RefundLegSettled", "the last of which paid it", kinds)
    rows = list(csv.DictReader(io.StringIO(diff("--format", "csv", "--model", "OrderBalance",
                                               str(approved), last), newline="")))
    check(rows and {row["readModel"] for row in rows} == {"OrderBalance"}, "one read model's rows")
    text = diff(str(approved), last)
    check("  status: approved → executed\n" in text and "RefundLegSettled, system/" in text,
          "so says the text", text)
    check("no row differs" in diff(last, last), "a point does not differ from itself")
    for words, code, part in (([last, "1"], 2, "comes after"), (["1"], 2, "needs two points"),
                              (["--model", "Nothing", "1", last], 2, "there is no read model Nothing"),
                              (["1", "99999"], 3, "there is no position 99999")):
        check(part in diff(*words, code=code), f"diff {' '.join(words)}: {part}")


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data)
    shop.begin_with_paid_refund(running)
    running.accepted([shop.order("2"), shop.case("2"), shop.request("2")])
    now(running, data, folder / "now")
    signed(data, folder)
    approved = before(data, folder / "before")
    differences(data, approved)
    personal(running, data, folder)
    same("the service stops well", running.stop(), 0)
    refusals(data, folder, folder / "now")


main()
