#!/usr/bin/env python3
"""Proves what the running service does with records that expire (rule book, Operational records).

Drafts, sync jobs, webhooks signed by OpenSSL's and Python's HMAC, and their refusals over the socket; expiry while it runs and after it was away, by
moving a record's time with another program; what `redress status` and the metrics say of it.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import sqlite3
import stat
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

DRAFT = {"orderId": "536365", "customerId": "robin", "customerEmail": "robin@example.com",
         "lines": [{"lineId": "1", "quantity": 2, "reason": "size"}]}


def send(running, method, target, body=None):
    text = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    return running.request(method, target, text, {"Content-Type": "application/json"})


def refused(running, sentence, method, target, body, status, *words):
    answer = send(running, method, target, body)
    same(f"{sentence}: status", answer.status, status)
    same(f"{sentence}: a problem document", answer.type, "application/problem+json")
    detail = answer.json()["detail"]
    for word in words:
        check(word in detail, f"{sentence}: it says {word}", detail)


def move(data, table, expiry):
    """Gives every record of a table another end, as nothing in Redress would."""
    database = sqlite3.connect(data / "operations.sqlite")
    with database:
        database.execute(f"UPDATE {table} SET expires_at = ?", (expiry,))
    database.close()


def drafts(running):
    draft = "/v1/drafts/d1?tenant=acme"
    saved = send(running, "PUT", draft, DRAFT)
    same("a draft is saved", saved.status, 201)
    same("it is found again", send(running, "GET", draft).json(), saved.json())
    same("it says what was sent", {key: saved.json()[key] for key in DRAFT}, DRAFT)
    changed = send(running, "PUT", draft, {**DRAFT, "status": "submitted"})
    same("it is saved again", (changed.status, changed.json()["status"]), (200, "submitted"))
    same("it is still the same draft", changed.json()["createdAt"], saved.json()["createdAt"])
    same("another one is deleted", [
        send(running, "PUT", "/v1/drafts/d2?tenant=acme", DRAFT).status,
        send(running, "DELETE", "/v1/drafts/d2?tenant=acme").status,
        send(running, "DELETE", "/v1/drafts/d2?tenant=acme").status], [201, 204, 404])
    refused(running, "a wrong quantity", "PUT", draft,
            {**DRAFT, "lines": [{"lineId": "1", "quantity": 0}]}, 400,
            "$.lines[0].quantity", "found 0", "a whole number from 1")
    refused(running, "an unknown field", "PUT", draft, {**DRAFT, "colour": "red"}, 400,
            "$.colour", "unknown field", "orderId")
    refused(running, "no JSON", "PUT", draft, b"{", 400, "byte 1")
    refused(running, "a large body", "PUT", draft, b" " * 300_000, 413, "262144")
    refused(running, "no tenant of that name", "PUT", "/v1/drafts/d1?tenant=nobody", DRAFT, 404,
            "nobody is not registered")
    refused(running, "no identifier", "PUT", "/v1/drafts/a%20b?tenant=acme", DRAFT, 400, "a b")
    refused(running, "another method", "POST", draft, DRAFT, 405,
            "use PUT, GET, HEAD, DELETE")
    same("the wrong draft is unchanged", send(running, "GET", draft).json(), changed.json())


def sync_jobs(running):
    job = "/v1/sync-jobs/j1?tenant=acme"
    order = {"type": "full_sync", "config": {"daysBack": 60, "includeFulfillments": True}}
    same("a sync job begins once", [
        send(running, "PUT", job, order).status, send(running, "PUT", job, order).status],
        [201, 200])
    refused(running, "another job of the same id", "PUT", job, {"type": "incremental"}, 409,
            "Use a new id")
    told = send(running, "POST", "/v1/sync-jobs/j1/progress?tenant=acme",
                {"total": 10, "processed": 9, "failed": 1})
    same("it tells how far it is", told.json()["progress"], {"total": 10, "processed": 9, "failed": 1})
    refused(running, "more than there is", "POST", "/v1/sync-jobs/j1/progress?tenant=acme",
            {"total": 10, "processed": 10, "failed": 1}, 422, "more than the total of 10")
    finish = "/v1/sync-jobs/j1/finish?tenant=acme"
    refused(running, "failing without a word", "POST", finish, {"status": "failed"}, 400,
            "errorDetails")
    end = {"status": "failed", "errorDetails": "429 Too Many Requests"}
    same("it ends once", [
        send(running, "POST", finish, end).status, send(running, "POST", finish, end).status,
        send(running, "POST", finish, {"status": "completed"}).status], [200, 200, 409])
    listed = send(running, "GET", "/v1/sync-jobs?tenant=acme&status=failed").json()["syncJobs"]
    same("it is listed", [(row["jobId"], row["errorDetails"]) for row in listed],
         [("j1", end["errorDetails"])])
    refused(running, "no such job", "GET", "/v1/sync-jobs/j2?tenant=acme", None, 404, "PUT")


def webhook(running, body, secret=b"hush", tenant="acme", **headers):
    digest = hmac.new(secret, body, hashlib.sha256).digest()
    sent = {"X-Shopify-Topic": "orders/updated", "X-Shopify-Shop-Domain": "acme.myshopify.com",
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            **{"X-Shopify-" + name.replace("_", "-"): value for name, value in headers.items()}}
    answer = running.request("POST", f"/v1/webhooks/shopify?tenant={tenant}", body,
                             {name: value for name, value in sent.items() if value is not None})
    return answer.status, answer.json()


def webhooks(running, data):
    body = b'{ "id": 820982911946154508, "email": "robin@example.com" }\n'
    status, problem = webhook(running, body)
    same("without a secret nothing is believed", status, 401)
    check("redress keys shopify --tenant acme" in problem["detail"], "and it says what to do", problem)
    kept = proof.run([proof.REDRESS, "keys", "shopify", "--data", data, "--tenant", "acme"],
                     input=b"hush\n")
    same("a secret is kept while the service runs", kept.returncode, 0)
    secret = data / "keys" / "shopify-acme.webhook.secret"
    same("for its owner only", stat.S_IMODE(secret.stat().st_mode), 0o600)
    check(b"hush" not in secret.read_bytes(), "and under the master key")
    token = ["keys", "shopify", "--data", data, "--tenant", "acme", "--access-token"]
    same("an access token that is not there is not shown", proof.run([proof.REDRESS, *token, "--show"]).returncode, 3)
    proof.run([proof.REDRESS, *token], input=b"shpat_1\n")
    same("one that is kept is shown to who may read the keys",
         proof.output([proof.REDRESS, *token, "--show"]), "shpat_1\n")
    for words, code in [(["--tenant", "nobody"], 3), ([], 2), (["--tenant", "a b"], 2),
                        (["--tenant", "acme", "--show"], 2)]:
        same(f"redress keys shopify {' '.join(words)}: exit code", proof.run(
            [proof.REDRESS, "keys", "shopify", "--data", data, *words], input=b"x\n").returncode, code)
    same("it is received", webhook(running, body, Event_Id="e1"),
         (200, {"webhook": 1, "duplicate": False}))
    same("once, by its event", webhook(running, body + b" ", Event_Id="e1"),
         (200, {"webhook": 1, "duplicate": True}))
    same("once, by its bytes", webhook(running, body, Event_Id="e2"),
         (200, {"webhook": 1, "duplicate": True}))
    same("another one is another", webhook(running, b"{}", Event_Id="e3")[1]["webhook"], 2)
    same("an empty name of an event is none", [
        webhook(running, b'{"n":%d}' % n, Event_Id="", Topic="carts/update")[1]["duplicate"]
        for n in (1, 2)], [False, False])
    for sentence, expected, answer in [
            ("another secret", 401, webhook(running, body, b"hash")),
            ("no signature", 400, webhook(running, body, Hmac_Sha256=None)),
            ("a signature that is none", 401, webhook(running, body, Hmac_Sha256="aHVzaA==")),
            ("another body", 401, webhook(running, body + b" ", Hmac_Sha256=base64.b64encode(
                hmac.new(b"hush", body, hashlib.sha256).digest()).decode())),
            ("no topic", 400, webhook(running, body, Topic=None)),
            ("no JSON", 400, webhook(running, b"{")),
            ("no tenant of that name", 404, webhook(running, body, tenant="nobody"))]:
        same(f"{sentence} is refused", answer[0], expected)
    connect = {"shopDomain": "acme.myshopify.com", "scopes": ["read_orders"], "apiVersion": "2025-04",
               "webhookEndpoints": [{"topic": "orders/updated", "endpoint": "https://example.com",
                                     "status": "active"}]}
    events = running.accepted([shop.command("connect", "ConnectShop", connect)])[0]["events"]
    last = events[-1]["position"]
    told = running.get(f"/v1/integration?tenant=acme&minPosition={last}").json()
    same("the shop is told", {key: told[key] for key in connect}, connect)
    same("another shop is refused", webhook(
        running, b"[]", Shop_Domain="other.myshopify.com")[0], 403)
    listed = send(running, "GET", "/v1/webhooks?tenant=acme").json()
    same("they are listed, without what is in them", [
        (row["webhook"], row["deliveries"], row["bytes"], row["sha256"])
        for row in listed["webhooks"][2:]],
        [(2, 1, 2, hashlib.sha256(b"{}").hexdigest()),
         (1, 3, len(body), hashlib.sha256(body).hexdigest())])
    check("robin" not in str(listed), "nobody is named")


def on_loopback(running):
    for target in ["/v1/drafts/d1", "/v1/sync-jobs", "/v1/webhooks"]:
        answer = services.curl(running, f"{target}?tenant=acme", address=running.address)
        same(f"{target} is not for the loopback address", answer.status, 403)


def status(data):
    """What `redress status` says of the records, by kind."""
    said = proof.output([proof.REDRESS, "status", "--data", data])
    lines = said[said.index("RECORDS"):].splitlines()
    check(re.fullmatch(r"operations\.sqlite has \d+ bytes; messages in the outbox: 0, refused by the mail server: 0", lines[4]), "status tells the size", lines[4])
    same("and what evidence there is", lines[5], "evidence: 0 frequent, 0 infrequent, 0 archive")
    starts = [lines[0].index(word) for word in ("OLDEST", "NEXT EXPIRY")]
    same("its columns line up", {line[start - 2:start] for line in lines[:4] for start in starts}, {"  "})
    return {line[:9].strip(): line[9:].split() for line in lines[1:4]}


def main():
    _, folder = proof.begin(__doc__)
    data = folder / "data"
    running = services.Service(data, pages=True)
    running.accepted(shop.opening())
    drafts(running)
    sync_jobs(running)
    webhooks(running, data)
    on_loopback(running)
    same("only its owner reads the file",
         stat.S_IMODE((data / "operations.sqlite").stat().st_mode), 0o600)
    kept = status(data)
    same("status counts while it runs", [kept[kind][0] for kind in kept], ["1", "4", "1"])
    metrics = running.get("/metrics").body.decode()
    for line in ['redress_operational_records{kind="drafts"} 1',
                 'redress_operational_records{kind="webhooks"} 4',
                 'redress_operational_records{kind="sync_jobs"} 1']:
        check(line in metrics.splitlines(), f"the metrics say {line}", metrics)
    running.kill()
    same("status counts after it was killed", status(data), kept)
    running.start()
    same("a draft survives that", send(running, "GET", "/v1/drafts/d1?tenant=acme").status, 200)

    move(data, "drafts", "2026-01-01T00:00:00.000000Z")
    same("a draft that is over is not answered",
         send(running, "GET", "/v1/drafts/d1?tenant=acme").status, 404)
    proof.wait_until(lambda: status(data)["drafts"][0] == "0", "it is removed", seconds=60, interval=1)
    same("a sync job lives on", send(running, "GET", "/v1/sync-jobs/j1?tenant=acme").status, 200)
    same("the service stops well", running.stop(), 0)
    move(data, "sync_jobs", "2026-01-01T00:00:00.000000Z")
    move(data, "webhooks", "2026-01-01T00:00:00.000000Z")
    running.start()
    proof.wait_until(lambda: [status(data)[kind][0] for kind in ("webhooks", "sync jobs")] == ["0", "0"],
                     "what ended while nothing ran is removed", seconds=60, interval=1)
    same("the service stops well", running.stop(), 0)
    same("status on a stopped folder", status(data), {
        "drafts": ["0", "–", "–"], "webhooks": ["0", "–", "–"], "sync jobs": ["0", "–", "–"]})

    database = sqlite3.connect(data / "operations.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    ended = proof.run([proof.REDRESS, "serve", "--data", data])
    same("records of a newer Redress are refused", ended.returncode, 3)
    check(b"run the newer Redress" in ended.stderr, "and it says what to do", ended.stderr)


main()
