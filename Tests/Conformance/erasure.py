#!/usr/bin/env python3
"""Proves on the running service that an erased person is nowhere any more, and that everything else holds.

Every file of the data folder is searched for what was told about the person, before the erasure (it must
be in none of those that last) and after it (in none at all). The certificate is checked with openssl.
"""

import base64
import hashlib
import hmac
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

PERSONAL = ["robinetta.day@example.com", "Robinetta", "Dayworth", "Sandgate Lane 7", "photo of Robinetta",
            "third floor on the left"]
ADMIN = "agent/lee"


def told(text, folder):
    """The files below a folder that hold a text, packed ones looked into."""
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or path.is_socket():
            continue
        content = path.read_bytes()
        if path.suffix == ".zst":
            content = proof.run(["zstd", "-dcq", path]).stdout
        if text.encode() in content:
            found.append(str(path.relative_to(folder)))
    return found


def webhook(running, payload):
    body = json.dumps(payload).encode()
    return running.request("POST", "/v1/webhooks/shopify?tenant=acme", body, {
        "X-Shopify-Topic": "customers/data", "X-Shopify-Shop-Domain": "acme.myshopify.com",
        "X-Shopify-Hmac-Sha256": base64.b64encode(hmac.digest(b"hush", body, "sha256")).decode()}).status


def person():
    return [
        shop.command("robin", "RegisterCustomer", {
            "customerId": "cus_1", "email": PERSONAL[0], "firstName": PERSONAL[1],
            "lastName": PERSONAL[2]}),
        shop.command("kim", "RegisterCustomer", {
            "customerId": "cus_2", "email": "kim@example.com", "firstName": "Kimberley"}),
        shop.command("order", "RecordOrder", {
            "orderId": "o1", "externalId": "4711", "orderNumber": "#1001", "customerId": "cus_1",
            "customerEmail": PERSONAL[0], "source": "api",
            "currency": "GBP", "placedAt": "2026-01-05T09:30:00Z",
            "lines": [{"lineId": "1", "title": "Lantern", "quantity": 2, "unitPrice": 339}],
            "payments": [{"paymentId": "p1", "amount": 678, "capturedAt": "2026-01-05T09:30:00Z"}]}),
        shop.command("case", "OpenCase", {
            "caseId": "k1", "customerId": "cus_1", "orderId": "o1", "title": "Broken",
            "description": f"Please send it to {PERSONAL[3]}", "type": "product"}),
        shop.command("policy", "DefinePolicy", {
            "policyId": "standard", "name": "Standard", "rules": [], "active": True,
            "defaultAction": {"eligible": True}}),
        send_back("t1"),
        shop.command("admin", "AddAgent", {"agentId": "lee", "role": "admin"}),
    ]


def send_back(name):
    return shop.command(f"return-{name}", "RequestReturn", {
        "returnId": name, "caseId": "k1", "orderId": "o1", "lines": [{
            "lineId": "1", "quantity": 1,
            "reason": {"code": "other", "description": f"Fetch it from the {PERSONAL[5]}"}}]})


def erase(name="erase", subject="cus_1", actor=ADMIN):
    return shop.command(name, "EraseSubject", {"subjectId": subject, "reason": "Asked for"},
                        actor=actor)


def refused(running, command, reason):
    outcome = running.submit([command])[0]
    same(f"{command['type']} is refused", outcome["outcome"], "rejected")
    same("because of", outcome["problem"]["reason"], reason)
    return outcome["problem"]


def check_certificate(note, running, data, position):
    """Reads the note by its specification and checks it with the program openssl alone."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = dict(line.split(" ", 1) for line in text.splitlines()[1:])
    same("the certificate begins with its format", text.splitlines()[0], "redress.erasure/v1")
    same("it names the log", lines["log"], "redress/acme")
    same("it names the person", lines["subject"], "cus_1")
    same("it names the position", int(lines["position"]), position)
    check(re.fullmatch("[0-9a-f]{32}", lines["key"]), "it names the key that was destroyed")
    vkeys = running.get("/v1/keys?tenant=acme").body.decode().split()
    name, _, key = vkeys[0].split("+", 2)
    signer, signature = re.fullmatch("\u2014 (\\S+) (\\S+)\n", signatures).groups()
    same("the log signed it", signer, name)
    folder = data.parent
    (folder / "key").write_bytes(bytes.fromhex("302a300506032b6570032100") + base64.b64decode(key)[1:])
    (folder / "text").write_bytes(text.encode())
    (folder / "signature").write_bytes(base64.b64decode(signature)[4:])

    def openssl():
        return proof.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin",
                          "-inkey", folder / "key", "-in", folder / "text",
                          "-sigfile", folder / "signature"]).returncode == 0

    check(openssl(), "openssl verifies the certificate")
    (folder / "text").write_bytes(text.replace("cus_1", "cus_2").encode())
    check(not openssl(), "and none that names somebody else")
    return lines["key"]


def verify(data, *, code=0):
    result = proof.run([proof.REDRESS, "verify", "--data", data])
    same(f"redress verify ends with {code}", result.returncode, code)
    return (result.stdout + result.stderr).decode()


def main():
    _, folder = proof.begin(__doc__)
    data = folder / "data"
    running = services.Service(data)
    running.accepted(shop.opening() + person())
    kept = proof.run([proof.REDRESS, "keys", "shopify", "--data", data, "--tenant", "acme"], input=b"hush\n")
    same("the shop's secret is kept", kept.returncode, 0)
    content = PERSONAL[4].encode() + bytes(range(256))
    upload = running.request(
        "PUT", f"/v1/evidence?tenant=acme&subject=cus_1&sha256={hashlib.sha256(content).hexdigest()}",
        content, {"Content-Type": "image/png"})
    same("evidence is kept", upload.status, 201)
    key = upload.json()["key"]
    same("under the SHA-256 of what is stored",
         hashlib.sha256((data / "evidence" / key).read_bytes()).hexdigest(), key)
    back = running.get(f"/v1/evidence/{key}?tenant=acme")
    same("it comes back as it was", (back.status, back.type, back.body), (200, "image/png", content))
    wrong = running.request(
        "PUT", f"/v1/evidence?tenant=acme&subject=cus_1&sha256={'0' * 64}", content,
        {"Content-Type": "image/png"})
    same("another hash than the body's is refused", wrong.status, 422)
    large = running.request("PUT", "/v1/evidence?tenant=acme&subject=cus_1", bytes(11 << 20),
                            {"Content-Type": "image/png"})
    same("11 MiB are too much", large.status, 413)

    attached = {"caseId": "k1", "customerId": "cus_1", "evidenceKey": key,
                "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "mime": "image/png"}
    others = running.request("PUT", "/v1/evidence?tenant=acme&subject=ann", content,
                             {"Content-Type": "image/png"}).json()["key"]
    for sentence, wrong in [("somebody else's evidence", {"evidenceKey": others}),
                            ("other bytes", {"sha256": "0" * 64}), ("another length", {"bytes": 1})]:
        answer = running.submit([shop.command(
            "attach-" + sentence.replace(" ", "-").replace("'", ""), "AttachEvidence", attached | wrong)])[0]
        same(f"{sentence} is not attached", answer["outcome"], "invalid")
        check("$.data." in answer["problem"]["detail"], "and the answer names the field", answer)
    running.accepted([shop.command("attach", "AttachEvidence", attached)])
    # Also where the order came in the same breath.
    photo = {"key": others, "sha256": hashlib.sha256(content).hexdigest()}
    answers = running.submit([
        shop.command("photo-order", "RecordOrder", {
            "orderId": "o9", "customerId": "cus_1", "source": "api", "currency": "GBP",
            "placedAt": "2026-01-05T09:30:00Z",
            "lines": [{"lineId": "1", "title": "Lantern", "quantity": 1, "unitPrice": 339}]}),
        shop.command("photo-case", "OpenCase", {
            "caseId": "k9", "customerId": "cus_1", "orderId": "o9", "title": "Broken", "type": "product"}),
        *(shop.command(f"photo-{n}", "RequestReturn", {
            "returnId": f"photo{n}", "caseId": "k9", "orderId": "o9", "lines": [{
                "lineId": "1", "quantity": 1, "reason": {"code": "defective"}, "photos": [photo | {"key": name}]}]})
          for n, name in enumerate([others, key]))])
    same("a photo of somebody else's is no part of a return, one's own is",
         [answer.get("problem", {}).get("reason", answer["outcome"]) for answer in answers], ["accepted"] * 2 + ["invalid", "accepted"])

    # Before the erasure: in clear only where it can be forgotten.
    for text in PERSONAL:
        lasting = [name for name in told(text, data) if not name.startswith("read-models/")]
        same(f"{text!r} is in no file that lasts", lasting, [])
    feed = running.get("/v1/events?tenant=acme").body.decode()
    check(not any(text in feed for text in PERSONAL), "the feed says nothing personal")
    check("enc:v1:cus_1:" in feed, "but has it sealed")
    same("a case is read with its description", running.get("/v1/cases/k1?tenant=acme").json()[
        "description"], f"Please send it to {PERSONAL[3]}")
    same("and a return with what the customer wrote", running.get(
        "/v1/returns/t1?tenant=acme").json()["customerWords"], f"1: Fetch it from the {PERSONAL[5]}")
    old_keys, new_keys = folder / "old-keys", folder / "new-keys"
    proof.output([proof.REDRESS, "keys", "backup", "--data", data, old_keys])

    # Who may, and what stands in the way.
    refused(running, erase("not-ann", actor="agent/ann"), "notInThisRole")
    refused(running, erase("not-anybody", subject="cus_11"), "unknownSubject")
    running.accepted([shop.command("hold", "PlaceLegalHold", {
        "caseId": "k1", "reason": "Lawsuit"}, actor=ADMIN)])
    problem = refused(running, erase("held"), "legalHold")
    check("case k1" in problem["detail"], "the answer names the case", problem["detail"])
    running.accepted([shop.command("release", "ReleaseLegalHold", {
        "caseId": "k1", "reason": "Settled"}, actor=ADMIN)])

    # The erasure.
    outcome = running.accepted([erase()])[0]
    position = outcome["events"][0]["position"]
    for text in PERSONAL:
        same(f"{text!r} is nowhere any more", told(text, data), [])
    fingerprint = check_certificate(outcome["certificate"], running, data, position)
    again = running.get("/v1/erasures/cus_1?tenant=acme")
    same("the certificate can be had again", again.body.decode(), outcome["certificate"])
    same("nobody else has one", running.get("/v1/erasures/cus_2?tenant=acme").status, 404)
    same("the evidence is erased", running.get(f"/v1/evidence/{key}?tenant=acme").status, 410)
    same("and no new one is kept", running.request(
        "PUT", "/v1/evidence?tenant=acme&subject=cus_1", content,
        {"Content-Type": "image/png"}).status, 409)
    draft = running.request("PUT", "/v1/drafts/late?tenant=acme", json.dumps(
        {"orderId": "o1", "customerId": "cus_1", "lines": []}).encode(),
        {"Content-Type": "application/json"})
    same("nor a draft", (draft.status, draft.json()["type"].rpartition("/")[2]), (409, "person-erased"))
    draft = running.request("PUT", "/v1/drafts/late?tenant=acme", json.dumps(
        {"orderId": "o1", "customerEmail": PERSONAL[0], "lines": []}).encode(),
        {"Content-Type": "application/json"})
    same("nor one of their order", draft.status, 409)
    for payload in [{"customer": {"id": "cus_1", "email": PERSONAL[0]}},
                    {"id": 7, "order_id": "o1", "destination": {"first_name": PERSONAL[1]}},
                    {"id": 8, "order_id": 4711, "note": PERSONAL[1]},
                    {"id": 9, "order_number": 1001, "note": PERSONAL[2]}]:
        same("of a webhook about them, only the digest is kept", webhook(running, payload), 200)
    for text in PERSONAL:
        same(f"{text!r} does not come back", told(text, data), [])
    refused(running, shop.command("late", "ChangeCustomerDetails", {
        "customerId": "cus_1", "email": PERSONAL[0]}), "personErased")
    problem = refused(running, send_back("t2"), "personErased")
    check("lines[].reason.description" in problem["detail"], "nor words of a return",
          problem["detail"])
    same("twice changes nothing", running.submit([erase("twice")])[0]["outcome"], "unchanged")
    same("so is the same evidence again", running.submit(
        [shop.command("attach", "AttachEvidence", attached)])[0]["outcome"], "accepted")
    same("the same command again is answered as before",
         [one["outcome"] for one in running.submit([person()[0], send_back("t1")])],
         ["accepted", "accepted"])

    # A guest, whose address only an order says, and a draft without a name.
    guest = "guest.only@example.com"
    running.accepted([shop.command("guest", "RecordOrder", {
        "orderId": "o2", "customerId": "cus_3", "customerEmail": guest, "source": "api",
        "currency": "GBP", "placedAt": "2026-01-05T09:30:00Z",
        "lines": [{"lineId": "1", "title": "Lantern", "quantity": 2, "unitPrice": 339}]})])
    draft = running.request("PUT", "/v1/drafts/guest?tenant=acme", json.dumps(
        {"orderId": "o2", "customerEmail": guest, "lines": []}).encode(),
        {"Content-Type": "application/json"})
    same("a guest's draft is kept", draft.status, 201)
    check(told(guest, data), "and names the address")
    running.accepted([erase("erase-guest", "cus_3")])
    same("after the guest's erasure nothing does", told(guest, data), [])

    # Everything else still holds, from outside too.
    case = running.get("/v1/cases/k1?tenant=acme").json()
    same("the case is still there", (case["customerId"], case["description"]),
         ("cus_1", "[erased]"))
    same("and the return", running.get("/v1/returns/t1?tenant=acme").json()["customerWords"],
         "[erased]")
    text = verify(data)
    check("7 of persons who were erased" in text, "verify tells the erased texts", text)
    digests = proof.output([proof.REDRESS, "projections", "rebuild", "--data", data])
    check("changed" not in digests, "rebuilt read models say the same", digests)
    for text in PERSONAL:
        same(f"{text!r} is in no rebuilt file", told(text, data), [])
    proof.output([proof.REDRESS, "checkpoint", "--data", data])
    keys = folder / "keys.txt"
    keys.write_text(proof.output([proof.REDRESS, "keys", "show", "--data", data]))
    proof.output([proof.ROOT / "tools" / "verify-log", data / "log", "--key", f"@{keys}"])
    counts = proof.output([proof.REDRESS, "keys", "personal", "--data", data])
    same("two keys are left, two persons were erased",
         re.search(r"acme +(\d+) +(\d+)", counts).groups(), ("2", "2"))

    # Backups: the log without keys, and keys that are older than the erasure.
    proof.output([proof.REDRESS, "keys", "backup", "--data", data, new_keys])
    backup = folder / "backup"
    proof.output([proof.REDRESS, "backup", "--data", data, backup])
    check("not looked into" in verify(backup), "a backup has no keys, and says so")
    result = proof.run([proof.REDRESS, "restore", "--keys", old_keys,
                        "--data", folder / "refused", backup])
    same("keys from before the erasure are refused", result.returncode, 1)
    check(b"cus_1 of acme" in result.stderr, "and it says whose", result.stderr)
    check(not (folder / "refused" / "log").exists(), "nothing was restored")
    restored = folder / "restored"
    proof.output([proof.REDRESS, "restore", "--keys", new_keys,
                  "--data", restored, backup])
    check("7 of persons who were erased" in verify(restored), "with newer keys all is as it was")
    same("the service stops well", running.stop(), 0)
    for text in PERSONAL:
        same(f"{text!r} is nowhere after the stop", told(text, data), [])

    # Somebody puts the old keys back by hand: the next start destroys the key before it serves.
    shutil.rmtree(data / "keys")
    shutil.copytree(old_keys, data / "keys")
    check("erased on record" in verify(data, code=1), "verify tells that the key is still there")
    running.start()
    check("completed the erasure of cus_1 of acme" in running.words(), "the start says so")
    check("7 of persons who were erased" in verify(data), "the key is gone again")
    same("the service stops well", running.stop(), 0)
    for text in PERSONAL:
        same(f"{text!r} is nowhere after that", told(text, data), [])

    # The master key.
    rotated = proof.output([proof.REDRESS, "keys", "rotate", "--master", "--data", data])
    check("new master key" in rotated, "the master key is another", rotated)
    check((data / "keys" / "master-00002.key").exists(), "the new one is there")
    check(not (data / "keys" / "master-00001.key").exists(), "the old one is gone")
    check("7 of persons who were erased" in verify(data), "everything opens as before")

    # A key that is missing without an erasure, and a text that was changed, are told apart from that.
    shutil.rmtree(data / "keys")
    proof.output([proof.REDRESS, "init", "--data", folder / "another"])
    shutil.copytree(folder / "another" / "keys", data / "keys")
    for path in [*(data / "keys").glob("master-*"), *(data / "keys").glob("keys.sqlite*")]:
        path.unlink()
    result = proof.run([proof.REDRESS, "serve", "--data", data], timeout=60)
    same("a log without its keys is not served", result.returncode, 3)
    check(b"Put the copy of the keys back" in result.stderr, "it says what to do", result.stderr)
    shutil.rmtree(data / "keys")
    shutil.copytree(new_keys, data / "keys")
    subprocess.run([sys.executable, "-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); "
                    "c.execute(\"DELETE FROM personal_key WHERE subject='cus_2'\"); c.commit()",
                    data / "keys" / "keys.sqlite"], check=True)
    text = verify(data, code=1)
    check("key missing without an erasure: 2 texts of cus_2 of acme" in text,
          "a missing key is called missing", text)
    same("the key that was destroyed was that of the certificate", len(fingerprint), 32)


main()
