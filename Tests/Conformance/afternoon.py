#!/usr/bin/env python3
"""Proves an auditor's afternoon: an export checks by hand, without Redress, and shows every forgery.

Two tenants, one with a real shop's month. Each command of the export's README is typed where there is no
Redress; the totals are those of an independent sum. Then the export is forged, with every length, checksum
and chain value made to fit, and tools/verify-log finds each forgery by the key and an earlier checkpoint.
What was forged and then signed by the log itself, the audit finds.
"""

import base64
import collections
import filecmp
import hashlib
import json
import os
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import log_writer
import proof
import service as services
import shop
from proof import check, same
from verifier import load_tool

SHOP = "online-retail"
# A name that no text of the program has, not even an example.
RIVAL = "rival_7f3a"
DUCKDB = proof.ROOT / ".build" / "conformance" / "bin"


def redress(*words, code=0):
    result = proof.run([proof.REDRESS, *words])
    if result.returncode != code:
        proof.fail(f"{words} end with {result.returncode}: {(result.stdout + result.stderr).decode()}")
    return (result.stdout + result.stderr).decode()


def export(data, folder, *words, tenant=SHOP, code=0):
    said = redress("audit", "export", "--data", data, "--tenant", tenant, *words, folder, code=code)
    return folder if code == 0 else said


def month_of_refunds(folder):
    """A shop's month, a second tenant, a checkpoint between them and what came later."""
    running = services.Service(folder / "data")
    running.accepted(shop.opening(RIVAL))
    shop.import_month(running, shop.Month)
    then = folder / "last-year.note"
    then.write_text(redress("checkpoint", "--data", running.data, "--tenant", SHOP))
    for name in ("robin", "gone"):
        running.accepted([shop.command(f"customer-{name}", "RegisterCustomer", {
            "customerId": name, "email": f"{name}@example.com"}, SHOP)])
    running.accepted([
        shop.command("admin", "AddAgent", {"agentId": "lee", "role": "admin"}, SHOP),
        shop.command("erase", "EraseSubject", {"subjectId": "gone", "reason": "Asked for"}, SHOP,
                     "agent/lee")])
    running.accepted([shop.order("1", RIVAL), shop.case("1", tenant=RIVAL),
                      shop.request("1", tenant=RIVAL), shop.approve("1", RIVAL)])
    proof.wait_until(lambda: any(is_paid(event, RIVAL) for event in services.events(running.data)),
                     "the other tenant's refund is paid")
    for tenant in (SHOP, RIVAL):
        redress("checkpoint", "--data", running.data, "--tenant", tenant)
    return running, then


def is_paid(event, tenant):
    return event["type"] == "RefundLegSettled" and event["source"] == f"/tenants/{tenant}"


def differences(comparison):
    found = comparison.left_only + comparison.right_only + comparison.diff_files
    return found + [name for part in comparison.subdirs.values() for name in differences(part)]


def has_one_tenant_and_is_reproducible(running, then, folder):
    data = running.data
    beside = export(data, folder / "beside", "--checkpoint", then)
    same("the service stops well", running.stop(), 0)
    stopped = export(data, folder / "stopped", "--checkpoint", then)
    same("beside a service and on a stopped folder the export is the same, byte for byte",
         differences(filecmp.dircmp(beside, stopped)), [])
    files = [path for path in beside.rglob("*") if path.is_file()]
    texts = [proof.run(["zstd", "-dcqf", path]).stdout + path.read_bytes() for path in files]
    check(not any(RIVAL.encode() in text for text in texts), f"none of {len(files)} files has the other's name")
    check(not any(b"robin@example" in text for path, text in zip(files, texts)
                  if "schemas" not in path.parts and "proofs" not in path.parts),
          "no personal text is in clear")
    manifest = json.loads((beside / "manifest.json").read_bytes())
    same("whose personal data is sealed or erased is said",
         [[*manifest["personalData"][kind]["persons"]] for kind in ("sealed", "erased")],
         [["robin"], ["gone"]])
    report = json.loads((beside / "report" / "audit.json").read_bytes())
    same("the report is of this tenant", [row["tenant"] for row in report["tenants"]], [SHOP])
    return beside


def monthly_totals(data):
    """Of the original log, by month and currency."""
    totals = collections.Counter()
    for event in services.events(data):
        if is_paid(event, SHOP):
            totals[event["time"][:7], event["data"]["currency"]] += event["data"]["amount"]
    return [f"{month},{currency},{total}" for (month, currency), total in sorted(totals.items())]


class Desk:
    """A place without Redress, where the README of a copy of the export is typed."""

    def __init__(self):
        self.path = f"{DUCKDB}:/usr/local/bin:/usr/bin:/bin"
        self.has_duckdb = shutil.which("duckdb", path=self.path)
        same("there is no Redress", shutil.which("redress", path=self.path), None)
        if not self.has_duckdb:
            proof.skip("the README's totals by DuckDB: duckdb is missing; tools/setup --test installs it")

    def type_readme(self, copy):
        blocks = re.findall(r"^```sh\n(.*?)^```$", (copy / "README.md").read_text(), re.M | re.S)
        typed = "".join(block for block in blocks if self.has_duckdb or "duckdb" not in block)
        return proof.run(["bash", "-euo", "pipefail"], cwd=copy, timeout=600, input=typed.encode(),
                         env={"PATH": self.path, "LC_ALL": "C.UTF-8"})


def checks_by_hand(desk, exported, data, folder):
    copy = folder / "desk" / "copy"
    shutil.copytree(exported, copy)
    result = desk.type_readme(copy)
    said = result.stdout.decode()
    same(f"every command of the README ends well {result.stderr.decode()[-500:]}", result.returncode, 0)
    same("both signatures are good", said.count("Signature Verified Successfully"), 2)
    same("each paid refund's receipt is good", said.count("events of refund/"),
         shop.Month.summary["executed"])
    check("begin with the" in said, "the earlier checkpoint is proved to be a beginning")
    totals = monthly_totals(data)
    same("the sum of the months is the shop's", sum(int(row.split(",")[2]) for row in totals),
         shop.Month.summary["executedAmount"])
    check("\n".join(totals) in said,
          f"jq{' and DuckDB come' if desk.has_duckdb else ' comes'} to the same totals", said)
    for name, old, new in (("csv/refunds.csv", b"executed", b"executeD"),
                           ("report/audit.json", b'"findings":[]', b'"findings":[ ]'),
                           ("manifest.json", b'"events":', b'"events":1'), ("manifest.txt", b"", b"")):
        spoiled = folder / "desk" / "spoiled"
        shutil.copytree(exported, spoiled)
        content = (spoiled / name).read_bytes() if old else b""
        (spoiled / name).write_bytes(content.replace(old, new, 1) if old else b"added")
        check(desk.type_readme(spoiled).returncode != 0,
              f"{'a changed' if old else 'an added'} {name} is found")
        shutil.rmtree(spoiled)
    finds_a_manifest_that_nobody_signed(desk, exported, folder / "desk")
    accepts_the_cosignature_of_a_witness(desk, data, folder / "desk")


def finds_a_manifest_that_nobody_signed(desk, exported, folder):
    """Its SHA-256 stands below the signature of another text, as one without any key can write it."""
    forged = folder / "forged"
    shutil.copytree(exported, forged)
    table = forged / "csv" / "decisions.csv"
    table.write_bytes(table.read_bytes() + b"nothing\n")
    manifest = json.loads((forged / "manifest.json").read_bytes())
    for file in manifest["files"]:
        if file["path"] == "csv/decisions.csv":
            file["sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
    (forged / "manifest.json").write_text(json.dumps(manifest))
    digest = hashlib.sha256((forged / "manifest.json").read_bytes()).hexdigest()
    for what, note in (("a checkpoint", exported / "checkpoints" / "newest.note"),
                       ("the manifest", exported / "manifest.note")):
        (forged / "manifest.note").write_text(f"{note.read_text()}manifest {digest}\n")
        check(desk.type_readme(forged).returncode != 0, f"a manifest below the signature of {what} is found")


def accepts_the_cosignature_of_a_witness(desk, data, folder):
    """The newest checkpoint has a second signature, whose key the auditor does not have."""
    stored = data / "log" / "checkpoints" / SHOP
    note = stored.read_text()
    stored.write_text(f"{note}— 127.0.0.1:8080 {base64.b64encode(bytes(76)).decode()}\n")
    result = desk.type_readme(export(data, folder / "cosigned"))
    stored.write_text(note)
    same(f"a checkpoint that a witness cosigned is signed {result.stderr.decode()[-300:]}",
         result.returncode, 0)


class Forger:
    """Rewrites the log of an export, and asks its verifier."""

    def __init__(self, tool, exported, data, then, folder):
        self.tool, self.exported, self.data, self.then = tool, exported, data, then
        self.folder = folder / "forger"
        self.folder.mkdir()
        self.commits = log_writer.read_commits(tool, exported / "log")
        self.origin = (exported / "checkpoints" / "newest.note").read_text().split("\n")[0]
        self.key = f"@{exported / 'public-key.txt'}"
        self.newest = exported / "checkpoints" / "newest.note"

    def write(self, commits):
        log = self.folder / "log"
        shutil.rmtree(log, ignore_errors=True)
        log.mkdir()
        content = log_writer.sealed_log(self.tool, self.origin.split("/")[1], commits)
        (log / f"{0:020}.zst").write_bytes(content)
        return log

    def verdict(self, log, *notes, key=None):
        words = [word for note in notes for word in ("--checkpoint", note)]
        result = proof.run([self.exported / "verify-log", log, "--key", key or self.key, *words])
        return result.returncode, (result.stdout + result.stderr).decode()

    def is_found(self, name, commits, *notes, says, key=None):
        log = self.write(commits)
        same(f"{name}: without a signature the log looks whole",
             proof.run([self.exported / "verify-log", log]).returncode, 0)
        code, said = self.verdict(log, *notes, key=key)
        check(code == 1 and says in said, f"{name} is found", said)

    def sign(self, commits, key):
        """A checkpoint of a forged history, and a file with the key's vkey."""
        lines = [line for commit in commits for line in commit]
        note, vkey = log_writer.signed_note(self.tool, self.origin, lines, key)
        (self.folder / "forged.note").write_bytes(note)
        (self.folder / "forged.txt").write_text(vkey + "\n")
        return self.folder / "forged.note", f"@{self.folder / 'forged.txt'}"


def finds_forged_lines(forger):
    commits, note = forger.commits, forger.newest
    code, said = forger.verdict(forger.write(commits), note, forger.then)
    check(code == 0, "the same lines, written again by another program, are accepted", said)
    paid = next(place for place, commit in enumerate(commits)
                if any(b'"type":"RefundLegSettled"' in line for line in commit))
    altered = [[re.sub(rb'"type":"RefundLegSettled"(.*"amount":)(\d+)',
                       rb'"type":"RefundLegSettled"\g<1>1\2', line) for line in commit]
               for commit in commits]
    copied = [line.replace(b'"commandid":"', b'"commandid":"again-', 1) for line in commits[paid]]
    swapped = [*commits[:paid], commits[paid + 1], commits[paid], *commits[paid + 2:]]
    another = "signed another history"
    for name, forged, says in (
            ("a removed commit", commits[:paid] + commits[paid + 1:], "the log has"),
            ("an added commit", commits[:paid] + [copied] + commits[paid:], another),
            ("two commits in another order", swapped, another), ("altered amounts", altered, another)):
        forger.is_found(name, log_writer.renumbered(forged), note, says=says)
    return log_writer.renumbered(altered)


def finds_forged_signatures(forger, altered):
    other = forger.folder / "other.key"
    proof.output(["openssl", "genpkey", "-algorithm", "ed25519", "-out", other])
    note, key = forger.sign(altered, other)
    same("re-signed, it is good by the forger's key", forger.verdict(forger.write(altered), note, key=key)[0],
         0)
    forger.is_found("a history re-signed with another key", altered, note,
                    says="which none of the keys signed")
    size = int(forger.then.read_text().split("\n")[1])
    old, count = [], 0
    for commit in forger.commits:
        if count < size:
            old.append(commit)
        count += len(commit)
    same("rolled back, it is good by the note of then",
         forger.verdict(forger.write(old), forger.then)[0], 0)
    forger.is_found("a history rolled back to what was signed then", old, forger.newest,
                    says="the log has")
    note, key = forger.sign(altered, forger.data / "keys" / "checkpoint-00001.key")
    same("the operator's key is the log's", pathlib.Path(key[1:]).read_text().strip(),
         pathlib.Path(forger.key[1:]).read_text().strip())
    same("forked, it is good by the log's own key", forger.verdict(forger.write(altered), note)[0], 0)
    forger.is_found("a history forked and signed by the log itself", altered, forger.then,
                    says="signed another history")
    consistency = forger.exported / "checkpoints" / f"{size}.consistency"
    for new, code in ((forger.newest, 0), (note, 1)):
        result = proof.run([forger.exported / "verify-log", "--consistency", consistency, "--key",
                            forger.key, "--checkpoint", forger.then, "--checkpoint", new])
        same(f"the consistency proof {'fails for the fork' if code else 'holds'}", result.returncode, code)


def finds_what_the_log_itself_signed(forger, data, folder):
    """No signature shows a decision that breaks a rule and was signed in time. The controls do."""
    work = folder / "rival-work"
    work.mkdir()
    other = Forger(
        forger.tool, export(data, folder / "rival", tenant=RIVAL), data, None, work)
    lowered = [[line.replace(b'"agentApprovalLimit":100000000', b'"agentApprovalLimit":1')
                for line in commit] for commit in other.commits]
    log = other.write(lowered)
    note, _ = other.sign(lowered, data / "keys" / "checkpoint-00001.key")
    same("a limit lowered before it is signed is signed", other.verdict(log, note)[0], 0)
    report = json.loads(redress("audit", "--data", other.folder, "--format", "json", code=1))
    same("the audit of the export finds it",
         [control["id"] for control in report["controls"] if control["findings"]],
         ["approval-limits", "decide-again"])


def refuses(data, exported, then, folder):
    for words, code, part in (
            ([SHOP, exported], 3, "name a folder that is new or empty"),
            (["nobody", folder / "x"], 3, "there is no tenant nobody"),
            (["a b", folder / "x"], 2, "is not a tenant name"),
            ([SHOP], 2, "needs one FOLDER"),
            ([SHOP, folder / "x", "--from", "1"], 2, "do not belong to export"),
            ([SHOP, data / "log" / "x"], 3, "lies inside the data folder"),
            ([SHOP, folder / "x", "--checkpoint", folder / "none"], 3, "cannot read"),
            ([SHOP, folder / "x", "--checkpoint", exported / "README.md"], 1, "is not a checkpoint"),
            ([RIVAL, folder / "x", "--checkpoint", then], 1, "is not a checkpoint of this tenant")):
        said = redress("audit", "export", "--data", data, "--tenant", *words, code=code)
        check(part in said, f"refused: {part}", said)
    for words, part in ((["export", folder / "x"], "--tenant is missing"), (["exports"], "is not export"),
                        (["--checkpoint", then], "belongs to export")):
        check(part in redress("audit", "--data", data, *words, code=2), f"refused: {part}")
    same("nothing is left of what was refused",
         [name for name in os.listdir(folder) if name == "x" or name.startswith(".x")], [])


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    running, then = month_of_refunds(folder)
    exported = has_one_tenant_and_is_reproducible(running, then, folder)
    checks_by_hand(Desk(), exported, running.data, folder)
    forger = Forger(load_tool(), exported, running.data, then, folder)
    finds_forged_signatures(forger, finds_forged_lines(forger))
    finds_what_the_log_itself_signed(forger, running.data, folder)
    refuses(running.data, exported, then, folder)


main()
