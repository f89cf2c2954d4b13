#!/usr/bin/env python3
"""Proves that a service stops whose log or keys are taken away while it runs, within seconds.

A segment or a file of the keys is moved away, or another file gets its name, under a service that is idle,
and under one that takes commands. It ends with 70 and names the file; put back, the service starts, and
everything that was acknowledged is there.
"""

import http.client
import pathlib
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import proof
import service as services
import shop
from proof import check, same

FILES = ["log/00000000000000000000.zst", "keys/keys.sqlite", "keys/master-00001.key", "keys/log-name"]


def take(path, away, is_replaced):
    path.rename(away)
    if is_replaced:
        shutil.copy2(away, path)


def proven(folder, name, is_replaced, is_busy):
    data = folder / f"{name.replace('/', '-')}-{is_replaced}-{is_busy}"
    shutil.copytree(folder / "prepared", data)
    running = services.Service(data)
    what = f"{name} {'replaced' if is_replaced else 'moved away'}, {'busy' if is_busy else 'idle'}"
    # It has looked at the files once.
    time.sleep(1)
    acknowledged = set()
    begin = time.monotonic()
    take(data / name, folder / "away", is_replaced)
    for number in range(2_000 if is_busy else 0):
        try:
            (outcome,) = running.submit([shop.order(f"n{number}")])
        except (OSError, http.client.HTTPException):
            break
        if outcome["outcome"] == "accepted":
            acknowledged.add(outcome["id"])
    same(f"{what}: it ends", running.process.wait(timeout=20), 70)
    seconds = time.monotonic() - begin
    check(seconds < 6 and f"{data / name} is gone or was replaced" in running.words(),
          f"{what}: within seconds, and it names the file", (seconds, running.words()))
    (folder / "away").replace(data / name)
    running.start()
    found = {event["commandid"] for event in services.events(data)}
    same(f"{what}: put back, everything acknowledged is there", acknowledged - found, set())
    same(f"{what}: and it stops well", running.stop(), 0)


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "prepared")
    running.accepted(shop.opening())
    same("a service stops well", running.stop(), 0)
    for name in FILES:
        proven(folder, name, is_replaced=False, is_busy=False)
    proven(folder, FILES[0], is_replaced=True, is_busy=False)
    proven(folder, FILES[0], is_replaced=False, is_busy=True)
    proven(folder, FILES[0], is_replaced=True, is_busy=True)
    proven(folder, FILES[1], is_replaced=True, is_busy=False)


main()
