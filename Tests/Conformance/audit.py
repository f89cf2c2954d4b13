#!/usr/bin/env python3
"""Proves what `redress audit` reports of an honest and of a forged history, and how it ends.

All four formats say the same, the page needs nothing from elsewhere, and a history whose every length,
checksum and chain value was made to fit again has findings.
"""

import csv
import hashlib
import html.parser
import io
import json
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same
from verifier import forged, load_tool

FORMATS = ("text", "json", "csv", "html")


def audit(data, *words, code=0):
    """What an audit prints; it must end with a code."""
    result = proof.run([proof.REDRESS, "audit", "--data", data, *words])
    said = (result.stdout if code in (0, 1) and result.stdout else result.stderr).decode()
    if result.returncode != code:
        proof.fail(f"audit {' '.join(words)} ends with {result.returncode}, not {code}: {said}")
    return said


class Page(html.parser.HTMLParser):
    """The text of a page, and what it loads or links to."""

    def __init__(self, markup):
        super().__init__()
        self.targets, self.text, self.open = [], [], []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        self.targets += [value for name, value in attributes if name in ("href", "src")]
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        same_tag = self.open.pop() == tag
        if not same_tag:
            proof.fail(f"the page closes {tag} where another element is open")

    def handle_data(self, data):
        self.text.append(data)


def shop_with_refunds(folder):
    """Two tenants; a refund of the first was approved by an agent and paid."""
    data = folder / "data"
    running = services.Service(data)
    shop.begin_with_paid_refund(running)
    same("the service stops well", running.stop(), 0)
    return data


def honest(data):
    report = json.loads(audit(data, "--format", "json"))
    findings = [found for control in report["controls"] for found in control["findings"]]
    same("an honest history has no findings", findings, [])
    check(all(control["rules"] and control["statement"].endswith(".")
              for control in report["controls"]), "each control has a statement and rules")
    examined = {control["id"]: control["examined"] for control in report["controls"]}
    check(examined["approval-window"] == 1 and examined["settlements"] == 3,
          "the refund was examined", examined)
    counts = {tenant["tenant"]: (tenant["events"], tenant["signed"]) for tenant in report["tenants"]}
    events = [event["source"].removeprefix("/tenants/") for event in services.events(data)]
    same("all events of both tenants, as they were signed", counts,
         {name: (events.count(name), events.count(name)) for name in ("acme", "zeta")})
    program = hashlib.sha256(pathlib.Path(proof.REDRESS).read_bytes()).hexdigest()
    same("the report names the program", report["build"], f"sha256:{program}")
    same("and the chain", report["chain"],
         re.search(r"chain (\w{64})", proof.output([proof.REDRESS, "verify", "--data", data]))[1])
    check(report["unchecked"], "it says what was not checked")
    same("a second audit says the same", json.loads(audit(data, "--format", "json")), report)


def formats(data, code, word):
    """Each format has the controls, and a word of the findings if there are any."""
    controls = {control["id"] for control in json.loads(
        audit(data, "--format", "json", code=code))["controls"]}
    for name in FORMATS:
        said = audit(data, "--format", name, code=code)
        missing = [control for control in controls if control not in said]
        check(not missing and word in said, f"{name} has every control, and {word!r}", said)
    rows = list(csv.reader(io.StringIO(audit(data, "--format", "csv", code=code), newline="")))
    check({len(row) for row in rows} == {7}, "each row of csv has as many fields as the first")
    same("and its controls", {row[1] for row in rows if row[0] == "control"}, controls)
    page = Page(audit(data, "--format", "html", code=code))
    same("every element of the page is closed", page.open, [])
    check(all(target.startswith(("#", "data:")) for target in page.targets),
          "the page needs nothing from elsewhere", page.targets)


def spans(data):
    def examined(*words):
        report = json.loads(audit(data, "--format", "json", *words))
        return [(tenant["tenant"], tenant["examined"] and tenant["examined"]["from"])
                for tenant in report["tenants"]]

    same("one tenant", examined("--tenant", "zeta"), [("zeta", 0)])
    same("from a position", examined("--tenant", "acme", "--from", "2"), [("acme", 2)])
    same("from a time", examined("--from", "2000-01-01T00:00:00Z"), [("acme", 0), ("zeta", 0)])
    same("from a day", examined("--from", "2000-01-01"), [("acme", 0), ("zeta", 0)])
    for words, code, part in (
            (["--tenant", "beta"], 3, "there is no tenant beta"),
            (["--tenant", "a b"], 2, "not a tenant name"),
            (["--to", "2000-01-01"], 3, "no event in this span"),
            (["--from", "yesterday"], 2, "neither a position nor a time"),
            (["--from", "-1"], 2, "neither a position nor a time"),
            (["--from", "1"], 2, "2 tenants: name one"),
            (["--tenant", "acme", "--from", "5", "--to", "4"], 2, "comes after --to"),
            (["--from", "2001-01-01T00:00:00Z", "--to", "2000-01-01T00:00:00Z"], 2, "comes after"),
            (["--tenant", "acme", "--from", "100000"], 3, "no event in this span"),
            (["--format", "xml"], 2, "text, json, csv, html"),
            (["--all"], 2, "--all is not understood")):
        said = audit(data, *words, code=code)
        check(part in said and len(said.splitlines()) <= 2, f"{' '.join(words)}: {part}", said)


def signed_by_day(data, folder):
    """The day's note is kept, and looked at; a changed one ends the audit, and without any that is said."""
    def signing(data):
        return [tenant["signing"] for tenant in json.loads(
            audit(data, "--format", "json"))["tenants"]]

    copy = folder / "by-day"
    shutil.copytree(data, copy)
    notes = sorted((copy / "log" / "checkpoints-by-day").glob("*/*"))
    same("a note of today is kept for each tenant", [note.parent.name for note in notes],
         ["acme", "zeta"])
    same("there are no gaps, and nothing is unsigned", signing(copy), [
        {"daysKept": 1, "since": note.name, "notYetSigned": 0, "gaps": []} for note in notes])
    whole = notes[0].read_bytes()
    notes[0].write_bytes(whole[:-4] + bytes([whole[-4] ^ 1]) + whole[-3:])
    said = audit(copy, code=1)
    check(f"the one of {notes[0].name}" in said, "a changed note is refused by its day", said)
    shutil.rmtree(copy / "log" / "checkpoints-by-day")
    same("a log of an earlier release has none", [one["since"] for one in signing(copy)], [None] * 2)
    check("on which days checkpoints of acme were signed" in audit(copy), "and the report says so")


def forgeries(data, folder):
    forged_data = folder / "forged"
    shutil.copytree(data, forged_data)
    (segment,) = (forged_data / "log").glob("*.zst")
    whole = segment.read_bytes()

    def lower(lines):
        return [line.replace(b'"agentApprovalLimit":100000000', b'"agentApprovalLimit":1')
                for line in lines]

    segment.write_bytes(forged(load_tool(), whole, lower))
    check("was signed" in audit(forged_data, code=1), "what was signed is found to be changed")
    shutil.rmtree(forged_data / "log" / "checkpoints")
    check("was signed" in audit(forged_data, code=1), "also where only the day's note is left")
    shutil.rmtree(forged_data / "log" / "checkpoints-by-day")
    formats(forged_data, 1, "with a limit of GBP 0.01")
    report = json.loads(audit(forged_data, "--format", "json", code=1))
    same("its control has findings, and so has deciding again",
         [control["id"] for control in report["controls"] if control["findings"]],
         ["approval-limits", "decide-again"])
    same("the tenants are not compared with a checkpoint",
         [tenant["signed"] for tenant in report["tenants"]], [None, None])
    segment.write_bytes(whole[:-1])
    unchecked = json.loads(audit(forged_data, "--format", "json"))["unchecked"]
    check(any("unfinished write" in matter["matter"] for matter in unchecked),
          "an unfinished write is not checked, and the report says so", unchecked)
    middle = len(whole) // 2
    segment.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:])
    check("at byte" in audit(forged_data, code=1), "damage is reported with its place")
    shutil.rmtree(forged_data / "log")
    check("no data folder" in audit(forged_data, code=3), "a folder without a log is refused")


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    data = shop_with_refunds(folder)
    honest(data)
    formats(data, 0, "how a discount on a whole order was spread")
    spans(data)
    signed_by_day(data, folder)
    forgeries(data, folder)


main()
