#!/usr/bin/env python3
"""Proves that text from elsewhere can forge nothing that the programs print.

Texts that attack a terminal are put into every field that a customer, a shop or an agent fills in, into
the command line, into a folder's name and into the answers of a false service. Whatever is printed then
has no control character besides line breaks, none that reorders or hides text, and no line of theirs.
"""

import base64
import hashlib
import http.server
import json
import pathlib
import re
import sys
import threading
import unicodedata

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

# Each in the middle of what an attack would do; FORGED would be the start of a line.
TEXTS = [
    "a\nFORGED refund r9", "a\r\nFORGED", "a\rFORGED", "a\x0b\x0cFORGED", "a\x85FORGED\u2028FORGED\u2029FORGED",
    "a\tb", "\x1b[2J\x1b[31mred\x1b]0;title\x07", "\x9b31m\x7f\x08\x08", "\u202etnuoma\u202c\u202d\u202a\u202b",
    "\u2066a\u2067b\u2068c", "\u200ea\u200fb\u061cc", "12\u200b34\ufeff\u00ad\u2060\u180e\u3164",
    "\U000e0041\ufe0f\ue000", "\\u{202E} \\n", "a" + "\u0301" * 40, "\u6771\u4eac and \u05e9\u05dc\u05d5\u05dd"]
VISIBLE = [
    r"a\nFORGED refund r9", r"a\r\nFORGED", r"a\rFORGED", r"a\u{B}\u{C}FORGED",
    r"a\u{85}FORGED\u{2028}FORGED\u{2029}FORGED", r"a\tb", r"\u{1B}[2J\u{1B}[31mred\u{1B}]0;title\u{7}",
    r"\u{9B}31m\u{7F}\u{8}\u{8}", r"\u{202E}tnuoma\u{202C}\u{202D}\u{202A}\u{202B}",
    r"\u{2066}a\u{2067}b\u{2068}c", r"\u{200E}a\u{200F}b\u{61C}c",
    r"12\u{200B}34\u{FEFF}\u{AD}\u{2060}\u{180E}\u{3164}", r"\u{E0041}\u{FE0F}\u{E000}", r"\\u{202E} \\n",
    "a" + "\u0301" * 4 + r"\u{301}" * 36, "\u6771\u4eac and \u05e9\u05dc\u05d5\u05dd"]
HIDDEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]|\u0301{5}")


def harmless(what, printed):
    """Fails unless what was printed is lines of visible text, none of them forged."""
    text = printed.decode()
    for character in text.replace("\n", ""):
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs"):
            proof.fail(f"{what} prints U+{ord(character):04X}: {text[:2000]!r}")
    if HIDDEN.search(text):
        proof.fail(f"{what} prints what is not seen: {text[:2000]!r}")
    if any(line.lstrip().startswith("FORGED") for line in text.split("\n")):
        proof.fail(f"{what} prints a line of theirs: {text[:2000]!r}")
    return text


def item_return(name, text, number=""):
    return shop.command(f"return-{name}{number}", "RequestReturn", {
        "returnId": f"{name}{number}", "caseId": name, "orderId": name, "lines": [{
            "lineId": "1", "quantity": 1, "condition": text,
            "reason": {"code": text, "description": text}}]}, actor=f"customer/{name}")


def story(number, text):
    """Everything that can be said about an order, with this text in it."""
    name, kim = f"x{number}", {"actor": "agent/ann"}

    def command(kind, data, **members):
        return shop.command(f"{kind}-{name}", kind, data, **members)

    order = shop.order(name, title=text)
    order["data"] |= {"customerId": name, "orderNumber": text, "externalId": text}
    order["data"]["lines"][0] |= {"sku": text, "variantTitle": text}
    order["data"]["payments"][0] |= {"provider": text}
    case = shop.case(name)
    case["data"] |= {"customerId": name, "title": text, "description": text, "reasonCode": text,
                     "subtype": text}
    yield command("RegisterCustomer", {"customerId": name, "firstName": text, "lastName": text})
    yield command("SetCustomerTags", {"customerId": name, "tags": [text]})
    yield order
    yield case | {"actor": f"customer/{name}"}
    yield command("PostMessage", {"caseId": name, "customerId": name, "authorRole": "buyer",
                                  "body": text}, actor=f"customer/{name}")
    yield shop.request(name, reason=text) | {"actor": f"customer/{name}"}
    yield command("AmendRefund", {"refundId": name, "items": [{"lineId": "1", "quantity": 1}],
                                  "reason": text}, **kim)
    yield command("DenyRefund", {"refundId": name, "reason": text}, **kim)
    yield command("ApplyPayoutHold", {
        "holdId": name, "caseId": name, "orderId": name, "amount": 12, "reason": text,
        "expiresAt": "2099-12-31T00:00:00Z"}, **kim)
    yield command("OpenChargeback", {
        "chargebackId": name, "caseId": name, "orderId": name, "paymentId": f"payment-{name}",
        "amount": 100, "reason": text, "networkReference": text})
    yield command("DefinePolicy", {"policyId": name, "name": text, "rules": [{
        "ruleId": "r", "action": {"eligible": False}, "conditions": [
            {"fact": "reason_code", "operator": "in", "texts": [text]}]}],
        "defaultAction": {"eligible": True}})
    yield item_return(name, text)
    yield command("RejectReturn", {"returnId": name, "reason": text}, **kim)


def check_reports(data):
    """Every text report of a folder, each with every text that it shows."""
    def report(*words, shows):
        result = proof.run([proof.REDRESS, *words, "--data", data], timeout=300)
        words = " ".join(map(str, words))
        text = harmless(f"redress {words}", result.stdout + result.stderr)
        missing = [visible for visible in VISIBLE if visible not in text] if shows else []
        if missing or result.returncode not in (0, 1):
            proof.fail(f"redress {words} ({result.returncode}) lacks {missing}: {text[:3000]}")
        return text

    def each(*words, shows=True):
        for number, visible in enumerate(VISIBLE):
            text = report(*(word.replace("@", f"x{number}") for word in words), shows=False)
            if shows and visible not in text:
                proof.fail(f"redress {words} lacks {visible!r}: {text}")
        check(True, f"{' '.join(words[:2])} has only lines of its own")

    each("explain", "refund", "@")
    each("explain", "order", "@")
    each("explain", "return", "@")
    each("explain", "policy", "return/@")
    each("explain", "case", "@")
    each("explain", "chargeback", "@", "--case", "@")
    count = len(services.events(data))
    for position in range(count):
        report("explain", "position", str(position), shows=False)
    check(count > 200, "every event is explained in lines of its own", count)
    report("audit", shows=True)
    report("projections", "diff", "5", str(count - 1), shows=True)
    report("projections", "diff", "5", str(count - 1), "--open", "--reason", "x\u202e\nFORGED", shows=True)
    report("replay", "--format", "text", shows=False)
    each("trail", "case", "@", "--format", "text", shows=False)
    rules = data.parent / "policy.json"
    rules.write_text(json.dumps({"returnWindowDays": 0, "policy": {
        "policyId": "trial", "name": "Trial", "defaultAction": {"eligible": False}, "rules": [{
            "ruleId": "r", "action": {"eligible": False}, "conditions": [
                {"fact": "reason_code", "operator": "in", "texts": TEXTS}]}]}}, ensure_ascii=False))
    report("backtest", "--policy", str(rules), shows=True)
    report("as-of", str(count - 1), "--out", data.parent / "as-of", shows=False)
    for words in (["status"], ["log", "segments"], ["verify"], ["projections", "list"], ["keys", "show"],
                  ["keys", "personal"]):
        report(*words, shows=False)
    check(True, "and so do audit, diff, replay, trail, backtest, status and the others")


def check_errors(data):
    """What the command line has wrong is repeated in the error, visibly."""
    commands = data.parent / "commands"
    commands.write_text("{}\n")
    silent = []
    for text, visible in zip(TEXTS, VISIBLE):
        for words in (
                [text], ["status", "--data", text], ["replay", "--data", data, "--tenant", text],
                ["replay", "--data", data, "--format", text], ["replay", "--data", data, "--from", text],
                ["replay", "--data", data, "--type", text], ["replay", "--data", data, "--actor", text],
                ["replay", "--data", data, "--since", text], ["replay", "--data", data, "--stream", text],
                ["explain", "--data", data, "refund", text], ["explain", "--data", data, text, "r1"],
                ["trail", "--data", data, text, "r1"], ["trail", "--data", data, "case", text],
                ["projections", "diff", "--data", data, text, "3"],
                ["projections", "rebuild", "--data", data, text], ["submit", "--socket", text, commands],
                ["monitor", "--from", text, "--key", text, "--state", "s"],
                ["audit", "--data", data, "--from", text], ["backtest", "--data", data, "--policy", text],
                ["log", "inspect", text, "--data", data], ["as-of", "--data", data, text, "--out", "o"],
                ["serve", "--data", data, "--mail-from", text], ["keys", text, "--data", data],
                ["receipt", text, "--data", data, "--tenant", "acme"], ["restore", text, "--data", "o"]):
            result = proof.run([proof.REDRESS, *words])
            said = harmless(f"redress {words}", result.stdout + result.stderr)
            if result.returncode not in (1, 2, 3) or visible not in said:
                silent.append(f"{words} ({result.returncode}) lacks {visible!r}: {said}")
    check(not silent, "errors repeat the command line in lines of their own", "\n".join(silent))


class FalseService(http.server.BaseHTTPRequestHandler):
    """Refuses whatever it is asked with a text."""
    text = ""

    def do_GET(self):
        body = json.dumps({"detail": self.text}).encode()
        self.send_response(404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.text.encode()
        self.send_response(409)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def check_problems(data, folder):
    """A problem document of a service is shown visibly."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FalseService)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keys = folder / "keys.txt"
    keys.write_text(proof.output([proof.REDRESS, "keys", "show", "--data", data]))
    for text, visible in zip(TEXTS, VISIBLE):
        FalseService.text = text
        result = proof.run([
            proof.REDRESS, "monitor", "--once", "--from", f"http://127.0.0.1:{server.server_port}",
            "--key", keys, "--state", folder / "state"])
        said = harmless("redress monitor", result.stdout + result.stderr)
        if result.returncode != 3 or visible not in said:
            proof.fail(f"redress monitor ({result.returncode}) lacks {visible!r}: {said}")
    server.shutdown()
    check(True, "a service's refusals are shown in lines of the program")


def witness_key():
    """A key that no witness has."""
    name, key = "w.example", bytes([4]) + bytes(range(32))
    digest = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    return f"{name}+{digest.hex()}+{base64.b64encode(key).decode()}"


def check_other_servers(data, folder):
    """What a witness answers comes into the service's log, its readiness and its status."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FalseService)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    FalseService.text = " ".join(TEXTS)
    policy = folder / "policy"
    policy.write_text(f"witness w {witness_key()} http://127.0.0.1:{server.server_port}\n")
    running = services.Service(data, "--witnesses", policy, said=folder / "said-witness")
    proof.wait_until(lambda: "answers 409" in running.words(), "the witness is asked")
    said = harmless("redress serve", running.said.read_bytes())
    ready = harmless("/readyz", running.get("/readyz").body)
    status = harmless("redress status", proof.run([proof.REDRESS, "status", "--data", data]).stdout)
    # The client joins lines that end with a line feed.
    missing = [visible for visible in VISIBLE[2:] if visible not in said or visible not in ready
               or visible.replace("\\", "\\\\") not in status]
    check(not missing, "what a witness answers is shown in the log, in /readyz and by status", missing)
    same("the service stops well", running.stop(), 0)
    server.shutdown()


def check_log_lines(folder):
    """What a service says of itself, where its folder has such a name."""
    for number, (text, visible) in enumerate(zip(TEXTS, VISIBLE)):
        data = folder / text
        said = harmless("redress init", proof.run([proof.REDRESS, "init", "--data", data]).stdout)
        said += "".join(proof.run([proof.REDRESS, "status", "--data", data]).stdout.decode())
        running = services.Service(data, "--socket", folder / "s", said=folder / f"said-{number}")
        same_end = running.stop()
        said += harmless("redress serve", running.said.read_bytes())
        if same_end != 0 or f"/{visible};" not in said or f"serving {folder}/{visible}\n" not in said:
            proof.fail(f"redress serve on {text!r} says {said}")
    check(True, "a service's own log has lines of its own only")


def check_columns(data):
    """Columns line up also below wide and long cells."""
    numbers = range(len(TEXTS))
    tables = [proof.output([proof.REDRESS, "explain", "order", f"x{number}", "--data", data])
              for number in numbers]

    def column(line, word):
        before = line[: line.index(word)]
        return sum(0 if unicodedata.combining(character)
                   else 1 + (unicodedata.east_asian_width(character) in "WF") for character in before)

    for table, visible in zip(tables, VISIBLE):
        lines = table.split("\n")
        row = next(number for number, line in enumerate(lines) if re.search(r"\b20\.34\b", line)
                   and visible in line)
        header = max(number for number in range(row) if "TITLE" in lines[number])
        ends = [column(lines[row], "3.39") + len("3.39"),
                column(lines[header], "UNIT PRICE") + len("UNIT PRICE")]
        if ends[0] != ends[1]:
            proof.fail(f"the price is not below its heading: {ends} in\n{table}")
    check(True, "columns line up")


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data)
    running.accepted(shop.opening() + [shop.command("reasons", "ChangeReturnSettings", {
        "reasons": [{"code": text, "label": text} for text in TEXTS]}), shop.command(
            "policy", "DefinePolicy", {"policyId": "p", "name": "P", "rules": [], "active": True,
                                       "defaultAction": {"eligible": True}})])
    for number, text in enumerate(TEXTS):
        running.accepted(list(story(number, text)))
    running.accepted([shop.command("activate", "ActivatePolicy", {"policyId": "x0"})])
    refused, = running.submit([item_return("x0", TEXTS[0], "-again")])
    same("a refusal has the texts in its facts", refused["problem"]["facts"]["reason"], TEXTS[0])
    running.accepted([shop.command("boss", "AddAgent", {"agentId": "boss", "role": "admin"})] + [
        shop.command(f"hold-{number}", "PlaceLegalHold", {"caseId": f"x{number}", "reason": text},
                     actor="agent/boss") for number, text in enumerate(TEXTS)])
    answer = running.request("POST", "/v1/commands", json.dumps(shop.command(
        "email", "RegisterCustomer", {"customerId": "y", "email": "y@example.com\r\nBcc: z@example.com"},
        actor="agent/boss")).encode(), {"Content-Type": "application/json"})
    same("an e-mail address that is none is refused", (answer.status, answer.json()["path"]),
         (422, "$.data.email"))
    same("the service stops well", running.stop(), 0)
    harmless("redress serve", running.said.read_bytes())
    check_reports(data)
    check_columns(data)
    check_errors(data)
    check_problems(data, folder)
    check_other_servers(data, folder)
    check_log_lines(folder)


main()
