#!/usr/bin/env python3
"""Proves that a jump of the machine's clock gets into no history before an operator accepts it.

A small library, preloaded, shifts CLOCK_REALTIME of the real programs and no other clock. The clock is
set a year forward, comes back by itself, is set forward again and accepted; then the service starts again
with the clock of before, and on a folder whose last event is too old.
"""

import json
import os
import pathlib
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

DAY = 86_400
YEAR = 365 * DAY


class ShiftedClock:
    """The clock of the programs that run with `environment`."""

    def __init__(self, folder):
        library = folder / "clock_shift.so"
        source = pathlib.Path(__file__).parent / "support" / "clock_shift.c"
        proof.output(["cc", "-shared", "-fPIC", "-O1", "-o", library, source])
        self.file = folder / "shift"
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(self.file)}
        self.set(0)

    def set(self, seconds):
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds))
        new.rename(self.file)

    def redress(self, *words):
        """Exit code and output of the tool under this clock."""
        result = proof.run([proof.REDRESS, *words], env={**os.environ, **self.environment})
        return result.returncode, (result.stdout + result.stderr).decode()


class ShiftedService(services.Service):
    """A service under a shifted clock."""

    def __init__(self, data, clock):
        self.clock = clock
        super().__init__(data)

    def start(self, wait=True):
        words = [f"{name}={value}" for name, value in self.clock.environment.items()]
        if self.command[0] != "env":
            self.command = ["env", *words, *self.command]
        super().start(wait)


def add_agent(name):
    return shop.command(f"add-{name}", "AddAgent", {"agentId": name, "role": "agent"})


def metric(running, name):
    lines = running.get("/metrics").body.decode().splitlines()
    return [line.split()[-1] for line in lines if line.startswith(name + " ")]


def is_refused(what, running, end, kind):
    """A command is refused and recorded nowhere; reads go on, and everything says so."""
    command = add_agent("dan")
    answer = running.request(
        "POST", "/v1/commands", json.dumps(command), {"Content-Type": "application/json"})
    problem = answer.json()
    same(f"{what}: a command is refused", answer.status, 503)
    same(f"{what}: with a type of its own", problem["type"], "/problems/clock-jumped")
    check(kind in problem["detail"] and "redress clock accept" in problem["detail"],
          f"{what}: it says what jumped and what to do", problem)
    check(int(answer.headers["retry-after"]) > 0, f"{what}: it says when to try again")
    same(f"{what}: among many, it is one to send again",
         [line["outcome"] for line in running.submit([command])], ["retry"])
    same(f"{what}: nothing is recorded", len(services.events(running.data)), end)
    same(f"{what}: reads go on", running.get("/v1/events?tenant=acme").status, 200)
    ready = running.get("/readyz")
    same(f"{what}: /readyz says so", (ready.status, kind in ready.body.decode()), (503, True))
    same(f"{what}: so does the metric", metric(running, "redress_clock_jumped"), ["1"])
    same(f"{what}: standard error says it once", running.words().count("commands are refused"), 1)
    code, said = running.clock.redress("clock", "--data", running.data)
    same(f"{what}: redress clock ends with 1", (code, kind in said), (1, True))


def accept(clock, data, reason):
    code, said = clock.redress("clock", "accept", "--data", data, "--reason", reason)
    same(f"an operator accepts the clock: {reason}", (code, "decided" in said), (0, True))
    entry = [event for event in services.events(data) if event["type"] == "OperatorActed"][-1]
    check(entry["data"]["action"] == "clock_accepted" and entry["data"]["what"].endswith(reason),
          "which is recorded in _system", entry)
    return entry


def while_running(data, clock):
    running = ShiftedService(data, clock)
    running.accepted(shop.opening())
    end = len(services.events(data))
    clock.set(YEAR)
    is_refused("a year forward", running, end, "was set forward")
    clock.set(0)
    running.accepted([add_agent("dan")])
    check("believed again" in running.words(), "a clock that comes back ends the refusal by itself")
    same("there is nothing to accept then",
         clock.redress("clock", "accept", "--data", data)[0], 3)
    clock.set(YEAR)
    outcomes = running.submit([add_agent("bob")])
    same("the next jump is refused again", outcomes[0]["outcome"], "retry")
    before = services.events(data)
    entry = accept(clock, data, "a year asleep & back")
    running.accepted([add_agent("bob")])
    after = services.events(data)
    same("the acceptance is the first event of the new time", after[len(before)], entry)
    check(after[-1]["recordedtime"] >= entry["recordedtime"] > before[-1]["recordedtime"],
          "the refused command is recorded by it", after[-1])
    same("the service stops well", running.stop(), 0)


def at_the_start(data, clock):
    end = len(services.events(data))
    clock.set(0)
    running = ShiftedService(data, clock)
    is_refused("a start before the last event", running, end, "before the last event")
    last = services.events(data)[-1]["recordedtime"]
    accept(clock, data, "the year was wrong")
    running.accepted([add_agent("cleo")])
    times = [event["recordedtime"] for event in services.events(data)
             if event["source"] == "/tenants/acme"]
    check(times == sorted(times) and times[-1] >= last, "recorded times never go back")
    ahead = int(metric(running, "redress_recorded_time_ahead_seconds")[0])
    check(YEAR - DAY < ahead <= YEAR, "the metric says how far they are ahead", ahead)
    same("the service stops well", running.stop(), 0)


def after_silence(folder, clock):
    data = folder / "silent"
    clock.set(0)
    running = ShiftedService(data, clock)
    running.accepted(shop.opening())
    same("the service stops well", running.stop(), 0)
    clock.set(31 * DAY)
    end = len(services.events(data))
    code, said = clock.redress("clock", "--data", data)
    same("redress clock says without a service that the next is refused",
         (code, "more than 30 days" in said), (1, True))
    code, said = clock.redress("keys", "rotate", "--data", data)
    check(code == 3 and "more than 30 days" in said, "a tool records nothing either", said)
    running.start()
    is_refused("a start after 31 days", running, end, "more than 30 days")
    (data / "redress.json").write_text('{"idleDaysMax": 45}')
    running.process.send_signal(signal.SIGHUP)
    proof.wait_until(lambda: running.get("/readyz").status == 200, "the new limit ends it")
    running.accepted([add_agent("dan")])
    same("the service stops well", running.stop(), 0)
    clock.set(90 * DAY)
    accept(clock, data, "without a service")
    running.start()
    running.accepted([add_agent("bob")])
    same("the service stops well", running.stop(), 0)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    clock = ShiftedClock(folder)
    data = folder / "data"
    while_running(data, clock)
    at_the_start(data, clock)
    after_silence(folder, clock)


main()
