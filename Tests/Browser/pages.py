#!/usr/bin/env python3
"""Proves that the pages work for everybody, in a real browser.

The overview, its second page, one status, a refund, a page that does not exist, the list of tenants:
all of it is there without JavaScript; axe finds nothing against WCAG 2 AA in light and dark; the Tab
key reaches every link and shows where it is; nothing is wider than the window at 320 and 1280 pixels;
on paper it is black on white and complete. Screenshots go to the folder in $SCREENSHOTS, if it is set.
"""

import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".build" / "browser" / "bin" / "python"
if PYTHON.exists() and pathlib.Path(sys.prefix) != PYTHON.parents[1]:
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "Tests" / "Conformance" / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import browser as browsers
import proof
import service as services
import shop
from proof import check, same

TENANT = "online-retail"
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'twice' " + "x" * 100
LONG = "l" * 56


def fill(running):
    """A month of the shop, and refunds of today in every state a page can show."""
    shop.import_month(running, shop.Month)
    commands = [
        shop.command("calendar", "DefineSlaCalendar", {
            "calendarId": "always", "hours": [
                {"weekday": day, "from": "00:00", "to": "24:00"}
                for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                            "sunday")]}, TENANT),
        shop.command("targets", "SetSlaTargets", {"calendarId": "always", "targets": [
            {"severity": severity, "firstResponseMinutes": 60, "resolutionMinutes": 480}
            for severity in ("low", "normal", "high", "urgent")]}, TENANT)]

    def refund(name, reason="damaged in transit"):
        commands.extend([shop.order(name, TENANT), shop.case(name, tenant=TENANT),
                         shop.request(name, tenant=TENANT, reason=reason)])

    for number in range(30):
        refund(f"today-{number:02}")
    for name in ("declined", "cancelled", LONG):
        refund(name, HOSTILE if name == LONG else "damaged in transit")
    commands.append(shop.approve("declined", TENANT) | {"actor": "agent/importer"})
    commands.append(shop.command("cancel", "CancelRefund", {
        "refundId": "cancelled", "reason": "changed my mind"}, TENANT, "customer/robin"))
    commands.append(shop.command("hold", "ApplyPayoutHold", {
        "holdId": "kept", "caseId": "today-00", "orderId": "today-00", "amount": 1200,
        "expiresAt": "2099-12-31T00:00:00Z", "reason": HOSTILE}, TENANT, "agent/importer"))
    commands.append(shop.command("policy", "DefinePolicy", {
        "policyId": "standard", "name": "Standard", "rules": [], "active": True,
        "defaultAction": {"eligible": True, "restockingFee": 1000}}, TENANT))
    commands.append(shop.command("robin", "RegisterCustomer", {
        "customerId": "robin", "email": "robin@example.com"}, TENANT))

    def send_back(name, reason="changed_mind"):
        commands.append(shop.command(f"return-{name}", "RequestReturn", {
            "returnId": name, "caseId": name, "orderId": name, "lines": [{
                "lineId": "1", "quantity": 1, "reason": {"code": reason, "description": HOSTILE},
                "condition": "unopened"}]}, TENANT, "customer/robin"))

    def handle(kind, name, **data):
        commands.append(shop.command(
            f"{kind}-{name}", kind, {"returnId": name, **data}, TENANT, "agent/importer"))

    for number in range(28):
        send_back(f"today-{number:02}", "defective" if number % 3 else "changed_mind")
    for name in ("today-00", "today-01", "today-02", "today-03"):
        handle("ApproveReturn", name)
    handle("RecordReturnShipped", "today-01", carrier="Royal Mail", trackingNumber="AB123456789GB")
    for name in ("today-02", "today-03"):
        handle("RecordReturnReception", name, lines=[{"lineId": "1", "reception": "received"}])
    handle("InspectReturn", "today-03", lines=[{
        "lineId": "1", "acceptance": "accepted", "disposition": "restocked", "note": HOSTILE}])
    handle("CompleteReturn", "today-03")
    handle("RejectReturn", "today-04", reason=HOSTILE)
    commands.append(shop.command("shop", "ConnectShop", {
        "shopDomain": "the-shop.myshopify.com", "scopes": ["read_orders"], "apiVersion": "2025-04",
        "webhookEndpoints": [{
            "topic": "orders/updated", "endpoint": "https://redress.example.com/" + "hook/" * 30,
            "status": "failing"}]}, TENANT))
    late = {"occurredAt": "2026-01-16T10:00:00Z"}
    commands.append(shop.order("late", TENANT))
    commands.append(shop.command("begin", "BeginImport", {}, TENANT))
    commands.append(shop.case("late", tenant=TENANT) | late)
    commands.append(shop.command("end", "EndImport", {}, TENANT))
    for number, (role, body, actor) in enumerate([
            ("buyer", f"Both were **cracked**: {HOSTILE}\n\n- the large one\n- the small one",
             "customer/robin"),
            ("agent", "We are sorry. [Your rights](https://example.com/rights)\n\n> " + LONG * 4,
             "agent/importer")]):
        commands.append(shop.command(f"message-{number}", "PostMessage", {
            "messageId": f"smg_{number}", "caseId": "today-00", "customerId": "robin",
            "authorRole": role, "body": body, "attachments": [
                {"sha256": f"{number}" * 64, "bytes": 48213, "mime": "image/jpeg"}]},
            TENANT, actor))
    commands.append(shop.command("watch", "AddCaseWatcher", {
        "caseId": "today-00", "agentId": "importer"}, TENANT))
    running.accepted(commands)
    last = running.submit([shop.order("last", TENANT)])[0]["events"][-1]["position"]
    running.get(f"/v1/refunds?tenant={TENANT}&minPosition={last}")
    proof.wait_until(
        lambda: running.get(f"/v1/refunds/declined?tenant={TENANT}").json()["status"] == "failed",
        "the provider declines")
    proof.wait_until(
        lambda: running.get(f"/v1/returns/today-03?tenant={TENANT}").json().get("refundId"),
        "the completed return is refunded")
    for words in (["replay", "--tenant", TENANT, "--stream", "case/today-00", "--open", "--reason",
                   "court order"], ["audit", "--record"]):
        proof.output([proof.REDRESS, *words, "--data", running.data])
    proof.wait_until(lambda: running.get(f"/v1/audit?tenant={TENANT}").json()["audit"],
                     "the audit is known")


def without_scripts(browser, address):
    """What people came for is in the page as it was sent."""
    page = browser.open(address + "/", scripts=False)
    same("the front page leads to the only tenant's refunds", page.url,
         f"{address}/tenants/{TENANT}/refunds")
    rows = page.locator("section.totals tbody tr").all_inner_texts()
    same("the totals are there without JavaScript", [row.split("\t") for row in rows], [
        ["pending", "32", "213.23 GBP"], ["failed", "1", "6.78 GBP"],
        ["executed", "159", "8,056.82 GBP"], ["denied", "3", "76.75 GBP"],
        ["cancelled", "1", "6.78 GBP"]])
    approvable = page.locator("section.approvable tbody tr")
    same("25 of what can still be approved", approvable.count(), 25)
    check("no limit" in approvable.first.inner_text(), "of a return that was asked for in time, too")
    check("14 days" in approvable.last.inner_text(), "and how long")
    refunds = page.locator("section.all tbody tr")
    same("the 25 newest refunds", refunds.count(), 25)
    newest = refunds.all_inner_texts()
    page.locator("section.all a[rel=next]").click()
    same("Older leads to 25 others", len(set(newest) | set(refunds.all_inner_texts())), 50)
    second = page.url
    page.locator("section.all a", has_text="All refunds").click()
    same("and there is a way back", refunds.all_inner_texts(), newest)
    page.locator("section.totals a", has_text="denied").click()
    same("a status leads to its refunds", page.locator("#all").inner_text(), "Refunds denied")
    same("and only to them", [row.split("\t")[1] for row in refunds.all_inner_texts()],
         ["denied"] * 3)
    denied = page.url
    refunds.first.locator("a").click()
    check("Refund denied" in page.locator("section.timeline").inner_text(),
          "a refund's page tells what happened to it")
    refund = page.url
    page.locator("a", has_text="From the log").click()
    check("RefundDenied" in page.locator("section.course-2").inner_text(),
          "and so does its explanation, from the log")
    page.goto(f"{address}/tenants/{TENANT}/explain/refund/{LONG}")
    check(HOSTILE in page.locator("main").inner_text(), "in which a customer's words are text")
    explained = page.url
    page.goto(f"{address}/tenants/{TENANT}/refunds/{LONG}")
    check(HOSTILE in page.locator("dl").inner_text(), "what a customer wrote is text, not markup")
    hostile = page.url
    page.context.close()
    missing = f"{address}/tenants/{TENANT}/refunds/none"
    page = browser.open(missing, scripts=False, status=404)
    check(f"The tenant {TENANT} has no refund none." in page.locator("main").inner_text(),
          "a missing page says so")
    page.context.close()
    page = browser.open(page_address(address), scripts=False)
    page.locator("a", has_text="Payout holds").click()
    check("12.00 GBP" in page.locator("section.holds").inner_text(), "what is kept back is told")
    holds = page.url
    page.goto(page_address(address))
    page.locator("a", has_text="Integration").click()
    check("orders/updated" in page.locator("main").inner_text(), "the shop's webhooks are told")
    integration = page.url
    page.goto(page_address(address))
    page.locator("a", has_text="Policies").click()
    check("may be returned" in page.locator("main").inner_text(), "a policy's rules are in words")
    policies = page.url
    page.get_by_label("Return window, in days").fill("0")
    page.get_by_label("Otherwise, items may be returned").select_option("no")
    page.get_by_role("button").click()
    page.wait_for_url("**/backtest?**")
    check("Nothing was written" in page.locator("main").inner_text(), "a change can be tried")
    check("refused now" in page.locator("section.outcomes").inner_text(), "and its effect is told")
    same("the form keeps what was filled in",
         page.get_by_label("Return window, in days").input_value(), "0")
    backtest = page.url
    page.goto(page_address(address))
    page.locator("a", has_text="Checkpoints").click()
    proof.wait_until(lambda: page.reload() and page.locator("section.days").count() == 1,
                     "a checkpoint is signed")
    check("nobody" in page.locator("section.newest").inner_text(), "who cosigned is told")
    checkpoints = page.url
    page.goto(page_address(address))
    page.locator("a", has_text="Cases").click()
    check("first answer" in page.locator("section.missed").inner_text(), "what was missed is told")
    same("25 cases, the newest first", page.locator("section.all tbody tr").count(), 25)
    cases = page.url
    page.locator("section.all a[rel=next]").click()
    check(page.locator("section.all tbody tr").count() > 10, "and the older ones")
    page.goto(f"{address}/tenants/{TENANT}/cases/today-00")
    same("what was written is rendered", page.locator(".words strong").inner_text(), "cracked")
    check(HOSTILE in page.locator(".message.buyer").inner_text(), "and is text, not markup")
    case = page.url
    page.locator("section.facts a", has_text="robin").click()
    check("Message posted" in page.locator("section.timeline").inner_text(),
          "a customer's page tells what happened to them")
    customer = page.url
    page.context.close()
    page = browser.open(page_address(address), scripts=False)
    page.locator("a", has_text="Returns").click()
    returns = page.url
    rows = page.locator("section.all tbody tr")
    same("the 25 newest returns", rows.count(), 25)
    same("returns by status", [row.split("\t")[:2] for row in page.locator(
        "section.totals tbody tr").all_inner_texts()], [
        ["requested", "23"], ["approved", "1"], ["in transit", "1"], ["received", "1"],
        ["completed", "1"], ["rejected", "1"]])
    page.locator("section.all a[rel=next]").click()
    same("and the others", rows.count(), 3)
    page.get_by_label("E-mail address").fill("Robin@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url("**email=**")
    same("an address finds its returns", (rows.count(), page.locator("#all").inner_text()),
         (25, "Returns of Robin@example.com"))
    found = page.url
    page.goto(f"{address}/tenants/{TENANT}/returns?email=kim")
    check("There is none." in page.locator("section.all").inner_text(), "another finds none")
    page.goto(f"{address}/tenants/{TENANT}/returns/today-03")
    same("what the customer wrote is text, not markup", page.locator(".words").inner_text(),
         f"1: {HOSTILE}")
    check("restocked" in page.locator("section.lines").inner_text(), "what came is told")
    check("Return completed" in page.locator("section.timeline").inner_text(), "and what happened")
    one = page.url
    page.locator("section.facts a", has_text="version").click()
    check("default action" in page.locator("section.actions-2").inner_text(),
          "the page of a policy's decision has the action that followed")
    decision = page.url
    page.locator("dl a", has_text=re.compile("^[0-9]+$")).first.click()
    check("ReturnRequested" in page.locator("main").inner_text(), "and leads to its event")
    event = page.url
    page.goto(f"{address}/tenants/{TENANT}/explain/case/today-00")
    check("CaseOpened" in page.locator("section.course-1").inner_text(), "a case has its course")
    course = page.url
    page.goto(one)
    page.locator("footer a", has_text="no findings").click()
    check(page.locator("section.controls tbody tr").count() >= 13, "below each page: its last audit")
    audit = page.url
    page.locator("a", has_text="Who opened").click()
    check("court order" in page.locator("section.accesses").inner_text(), "and who opened what")
    accesses = page.url
    page.context.close()
    return {"explained": explained, "decision": decision, "event": event, "course": course,
            "audit": audit, "accesses": accesses,
            "policies": policies, "backtest": backtest, "checkpoints": checkpoints,
            "overview": page_address(address), "holds": holds, "integration": integration,
            "cases": cases, "case": case, "customer": customer,
            "returns": returns, "found": found,
            "return": one, "second": second, "denied": denied,
            "refund": refund, "hostile": hostile, "missing": missing}


def pay_in_part(running):
    """A refund by three payments: one was paid, one declined, and the money of one came back."""
    running.accepted([
        shop.order_paid_by("half", [500, 400, 1134]), shop.case("half"), shop.request("half", 4),
        shop.approve("half"), shop.command("max", "AddAgent", {"agentId": "max", "role": "admin"})])

    def has(status):
        return running.get("/v1/refunds/half?tenant=acme").json()["status"] == status

    proof.wait_until(lambda: has("partly_executed"), "a leg is declined")
    last = running.accepted([shop.command("back", "RecordRefundReturned", {
        "refundId": "half", "paymentId": "pay_3", "attempt": 1,
        "reason": "The account was closed"}, actor="agent/max")])[0]["events"][-1]["position"]
    refund = running.get(f"/v1/refunds/half?tenant=acme&minPosition={last}").json()
    same("the legs of a refund", [leg["state"] for leg in refund["legs"]],
         ["settled", "failed", "returned"])


def page_address(address):
    return f"{address}/tenants/{TENANT}/refunds"


def judge(browser, name, address, folder):
    # With #all the Tab key would begin there.
    address, status = address.split("#")[0], 404 if name == "missing" else 200
    for scheme in ("light", "dark"):
        for width in (320, 1280):
            page = browser.open(address, width, scheme=scheme, status=status)
            same(f"{name}, {scheme}, {width}: axe finds nothing", browser.violations(page), [])
            check(browsers.overflow(page) <= 0, f"{name}, {scheme}, {width}: nothing is too wide",
                  browsers.overflow(page))
            reached = browsers.walk(page)
            hidden = [one for one in reached if not (one["outline"] and one["inside"])]
            same(f"{name}, {scheme}, {width}: what has the focus shows it", hidden, [])
            same(f"{name}, {scheme}, {width}: the Tab key reaches every link, in order",
                 [one["href"] for one in reached if one["tag"] == "A"], browsers.links(page))
            page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
            page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)
            page.context.close()
    on_paper(browser, name, address, folder, status)


def on_paper(browser, name, address, folder, status):
    """A4 without its margins has 718 pixels; a reader in the dark prints on white paper too."""
    page = browser.open(address, 718, scheme="dark", status=status)
    page.emulate_media(media="print", color_scheme="dark")
    cut = page.eval_on_selector_all(
        ".scroll", "all => all.filter(one => one.scrollWidth > one.clientWidth).length")
    same(f"{name}, printed: no table is cut off", cut, 0)
    check(browsers.overflow(page) <= 0, f"{name}, printed: nothing is too wide",
          browsers.overflow(page))
    # Nobody touches links on paper.
    same(f"{name}, printed: axe finds nothing", browser.violations(page, ["target-size"]), [])
    same(f"{name}, printed: black on white", page.evaluate(
        "() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor] }"),
        ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"])
    page.screenshot(path=folder / f"{name}-printed.png", full_page=True)
    page.context.close()


def main():
    _, folder = proof.begin(__doc__)
    screenshots = pathlib.Path(os.environ.get("SCREENSHOTS", folder / "screenshots"))
    screenshots.mkdir(parents=True, exist_ok=True)
    running = services.Service(folder / "data", "--simulate", "decline=declined",
                               "--simulate", "decline=half/pay_2", pages=True)
    fill(running)
    browser = browsers.Browser(running.cookie)
    pages = without_scripts(browser, running.address)
    for name, address in pages.items():
        judge(browser, name, address, screenshots)
    running.accepted(shop.opening())
    proof.wait_until(lambda: running.get("/tenants/acme/refunds").status == 200, "acme appears")
    judge(browser, "tenants", running.address + "/", screenshots)
    judge(browser, "empty", running.address + "/tenants/acme/refunds", screenshots)
    judge(browser, "no-holds", running.address + "/tenants/acme/holds", screenshots)
    pay_in_part(running)
    judge(browser, "legs", running.address + "/tenants/acme/refunds/half", screenshots)
    judge(browser, "partly", running.address + "/tenants/acme/refunds", screenshots)
    browser.close()
    same("the service stops well", running.stop(), 0)


main()
