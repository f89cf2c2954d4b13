"""A service that does everything it can, and what it has acknowledged of it."""

import hashlib
import json

import proof
import service as services
import shop
from proof import same

REFUSALS = {"storage-failing", "not-there-yet", "proof-unavailable"}
DRAFT = {"customerId": "robin", "lines": [{"lineId": "1", "quantity": 1, "reason": "size"}]}


class Everything:
    """A service and everything that it has acknowledged."""

    def __init__(self, folder):
        self.running = services.Service(folder / "data")
        self.acknowledged, self.waiting, self.stored, self.evidence = set(), [], [], {}
        self.number = 0
        self.running.accepted([
            *shop.opening(), shop.command("mail", "ChangeTenantSettings", {"emailNotifications": True}),
            shop.command("robin", "RegisterCustomer", {
                "customerId": "robin", "email": "robin@example.com"})])

    def refused(self, problem):
        kind = problem["type"].removeprefix("/problems/")
        if kind not in REFUSALS:
            proof.fail(f"a passing error was answered with {problem}")

    def submit(self, commands):
        """Sends commands one by one; those that are refused are sent again later."""
        for command in commands:
            (outcome,) = self.running.submit([command])
            if outcome["outcome"] == "accepted":
                self.acknowledged.add(command["id"])
            elif outcome["outcome"] == "retry":
                self.refused(outcome["problem"])
                self.waiting.append(command)
            else:
                # What it is about was refused before it.
                self.waiting.append({**command, "id": command["id"] + "-again"})

    def request(self, method, target, body=None):
        """Whether it was done; a refusal must say that it passes."""
        headers = {"Content-Type": "application/json"} if target.startswith("/v1/drafts") else {}
        answer = self.running.request(method, target, body, headers)
        if answer.status < 300:
            return True
        same(f"{method} {target.split('?')[0]} is refused for a while", answer.status, 503)
        self.refused(answer.json())
        return False

    def round(self):
        """Does everything once; returns whether all of it was done."""
        self.number += 1
        name = f"r{self.number}"
        known = len(self.waiting)
        order = shop.order(name)
        self.submit([
            order, shop.case(name), shop.request(name), shop.approve(name),
            shop.command(f"new-{name}", "RegisterCustomer", {
                "customerId": name, "email": f"{name}@example.com"})])
        draft = f"/v1/drafts/{name}?tenant=acme"
        is_done = self.request(
            "PUT", draft, json.dumps({**DRAFT, "orderId": name, "customerEmail": "r@example.com"}))
        if is_done:
            self.stored.append(draft)
        content = f"photo {name}".encode()
        digest = hashlib.sha256(content).hexdigest()
        answer = self.running.request(
            "PUT", f"/v1/evidence?tenant=acme&subject=robin&sha256={digest}", content,
            {"Content-Type": "image/png"})
        if answer.status == 201:
            self.evidence[answer.json()["key"]] = content
        else:
            self.refused(answer.json())
            is_done = False
        for target in (f"/v1/orders/{name}/balance?tenant=acme", "/v1/checkpoint?tenant=acme"):
            if "balance" in target and f"order-{name}" not in self.acknowledged:
                continue
            if "balance" in target:
                # Only a reader that waits sees what was written just now.
                last = self.running.submit([order])[0]
                if last["outcome"] != "accepted":
                    self.refused(last["problem"])
                    continue
                target += f"&minPosition={last['events'][-1]['position']}"
            is_done = self.request("GET", target) and is_done
        # An old command is found again, by the index.
        again = self.running.submit([shop.opening()[0]])[0]
        if again["outcome"] != "accepted":
            self.refused(again["problem"])
        return is_done and len(self.waiting) == known

    def send_again(self):
        waiting, self.waiting = self.waiting, []
        self.submit(waiting)
        return not self.waiting

    def failing(self):
        text = self.running.get("/metrics").body.decode()
        return [line for line in text.splitlines() if line.startswith("redress_part_failing{")]

    def is_well(self):
        return self.running.get("/readyz").status == 200 and not self.failing()

    def restart(self):
        same("it stops well", self.running.stop(), 0)
        self.running.start()
        proof.wait_until(self.is_well, "it is ready")
