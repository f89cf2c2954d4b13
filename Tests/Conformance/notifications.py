#!/usr/bin/env python3
"""Proves that the running service tells people what happened, once, with Python's own mail reader.

R8 and "Process managers": a declined refund is told to customer and agent. Killing the service,
starting it again and rebuilding the read model tell nobody twice; a folder whose history is older than its
records tells nobody at all.
"""

import email
import email.policy
import email.utils
import pathlib
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

NAUGHTY = "Tv\u00e4 lyktor \u2014 trasiga\r\nBcc: everybody@example.com"


def people():
    """A tenant that wants e-mail, and two people with addresses."""
    return shop.opening()[:1] + [
        shop.command("settings", "ChangeTenantSettings", {"emailNotifications": True}),
        shop.command("ann", "AddAgent", {
            "agentId": "ann", "role": "agent", "email": "ann@example.com"}),
        shop.command("robin", "RegisterCustomer", {
            "customerId": "robin", "email": "robin@example.com"}),
    ]


def messages(folder):
    """Every message there, by file name, each read strictly."""
    found = {}
    for path in sorted(folder.glob("*.eml")):
        raw = path.read_bytes()
        check(all(line.endswith(b"\r\n") and len(line) <= 78 for line in raw.splitlines(True)),
              f"{path.name}: lines end with CRLF and are short", raw)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        same(f"{path.name}: nothing is wrong with it",
             [*message.defects, *(d for value in message.values() for d in value.defects)], [])
        found[path.name] = message
    return found


def told(found):
    return sorted((str(message["to"]), str(message["subject"])) for message in found.values())


def main():
    _, folder = proof.begin(__doc__)
    data = folder / "data"
    outbox = data / "outbox"
    running = services.Service(data, "--mail-from", "refunds@example.com", "--simulate", "decline=bad",
                               "--simulate", "decline=guest")
    running.accepted(people() + [shop.order("good"), shop.order("bad"), shop.case("good"), {
        **shop.case("bad"), "data": {**shop.case("bad")["data"], "title": NAUGHTY}}])
    running.accepted([shop.request("good"), shop.request("bad"), shop.approve("good"),
                      shop.approve("bad")])
    expected = sorted([
        ("robin@example.com", "We have received your request good"),
        ("robin@example.com", "We have received your request bad"),
        ("robin@example.com", "Your refund good has been paid"),
        ("robin@example.com", "Your refund bad is delayed"),
        ("ann@example.com", "Refund bad could not be paid"),
    ])
    proof.wait_until(lambda: len(list(outbox.glob("*.eml"))) == 5, "everybody is told")
    found = messages(outbox)
    same("customer and agent are told", told(found), expected)
    for name, message in found.items():
        same(f"{name}: its header", message.keys(), [
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
            "Content-Type", "Content-Transfer-Encoding"])
        same(f"{name}: whom it comes from", email.utils.parseaddr(message["from"]),
             ("Acme Ltd", "refunds@example.com"))
        same(f"{name}: its id", str(message["message-id"]), f"<{name[:-4]}@example.com>")
        check(abs(time.time() - message["date"].datetime.timestamp()) < 120, f"{name}: its date")
    body = {str(message["subject"]): message.get_content() for message in found.values()}
    check("6.78 GBP" in body["Your refund good has been paid"], "the amount is in it", body)
    check("Tv\u00e4 lyktor \u2014 trasiga" in body["We have received your request bad"],
          "so is what the customer wrote", body)

    # No money moves, and every reader is told.
    same("each message says that it is a trial", [
        text for text in body.values() if "payments are simulated, and no money moves" not in text], [])
    for target in ("/readyz", "/tenants/acme/refunds", "/tenants/acme/refunds/good", "/nothing/here"):
        answer = running.request("GET", target, headers={"Accept": "text/html"}).body.decode()
        check("ayments are simulated: no money moves" in answer, f"so does {target}", answer)

    # Delivered: moved, as README.md says.
    taken = next(name for name, message in found.items() if "could not" in message["subject"])
    shutil.move(outbox / taken, outbox / "sent" / taken)
    left = {name: (outbox / name).stat().st_mtime_ns for name in found if name != taken}

    def again(sentence):
        time.sleep(3)
        same(sentence, {path.name: path.stat().st_mtime_ns for path in outbox.glob("*.eml")}, left)

    running.kill()
    running.start()
    again("nobody is told again after a crash")
    same("the read model is made anew", running.request(
        "POST", "/v1/projections/rebuild?name=Notifications").status, 200)
    again("nor by a rebuild")
    same("the service stops well", running.stop(), 0)
    shutil.rmtree(data / "read-models")
    running.start()
    again("nor when every read model is made anew")
    status = proof.output([proof.REDRESS, "status", "--data", data])
    check("messages in the outbox: 4" in status, "status counts what waits", status)
    check("redress_outbox_messages 4" in running.get("/metrics").body.decode().splitlines(),
          "so do the metrics")

    # A history that is older than the records, such as a restored backup's, tells nobody.
    same("the service stops well", running.stop(), 0)
    (data / "operations.sqlite").unlink()
    shutil.rmtree(outbox)
    left = {}
    running.start()
    again("nobody is told of an old history")
    running.accepted([shop.order("new"), shop.case("new")])
    proof.wait_until(lambda: len(list(outbox.glob("*.eml"))) == 1, "what happens now is told")
    same("and nothing else", told(messages(outbox)), [
        ("robin@example.com", "We have received your request new")])

    # A guest, whose address the order alone says, and a refund that nobody of the tenant's has looked at.
    outbox_before = set(outbox.glob("*.eml"))
    guest = {"customerId": "guest"}
    order = shop.order("guest")
    running.accepted([
        shop.command("limit", "ChangeTenantSettings", {"autoApproveLimit": 100_000}),
        shop.command("lee", "AddAgent", {"agentId": "lee", "role": "admin", "email": "lee@example.com"}),
        {**order, "data": {**order["data"], **guest, "customerEmail": "guest@example.com"}},
        {**shop.case("guest"), "data": {**shop.case("guest")["data"], **guest}, "actor": "service/shop"},
        {**shop.request("guest"), "actor": "agent/ann"}, {**shop.approve("guest"), "actor": "service/shop"}])
    proof.wait_until(lambda: len(list(outbox.glob("*.eml"))) == len(outbox_before) + 3, "they are told, too")
    new = {name: message for name, message in messages(outbox).items() if outbox / name not in outbox_before}
    same("the guest and the admin", told(new), [
        ("guest@example.com", "We have received your request guest"),
        ("guest@example.com", "Your refund guest is delayed"),
        ("lee@example.com", "Refund guest could not be paid")])
    same("the service stops well", running.stop(), 0)


main()
