#!/usr/bin/env python3
"""Proves that a service serves no read model that another program wrote.

Between stop and start, a row is changed, added or removed with SQLite, a trigger is planted, the position is
set, the seal is taken away, or the file of another folder is put in its place: the read model is made
anew from the log, the operator's log says which one and why, and the answers are the true ones. Untouched
files go on where they were, also after SIGKILL and after a rebuild. A file of an earlier version, which has
no seal, is made anew without a warning.
"""

import json
import os
import pathlib
import shutil
import sqlite3
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

MODEL = "RefundQueue"
DISTRUST = "it has to be rebuilt"


def file(data, model=MODEL):
    return data / "read-models" / f"{model}.sqlite"


def sql(data, *statements):
    """As another program does it, which leaves no journal behind."""
    database = sqlite3.connect(file(data))
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def copy(source, target):
    """The whole file, with what lies beside it, in place of another one."""
    database = sqlite3.connect(source)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    for suffix in ("-wal", "-shm"):
        pathlib.Path(f"{target}{suffix}").unlink(missing_ok=True)
    shutil.copy(source, target)


def refunds(running):
    """All of them, once the read model has every event."""
    tenants = json.loads(proof.output([proof.REDRESS, "status", "--data", running.data, "--json"]))
    (count,) = [tenant["events"] for tenant in tenants["tenants"] if tenant["name"] == "acme"]
    running.get(f"/v1/refunds?tenant=acme&minPosition={count - 1}")
    return running.get("/v1/refunds?tenant=acme&limit=200").json()


def rebuilt(running):
    """The lines about read models that were not believed."""
    return [line for line in running.words().splitlines() if DISTRUST in line]


def verified(data):
    return sum(event["type"] == "ProjectionVerified" for event in services.events(data))


def tampered(sentence, running, words, change, truth, is_distrusted=True):
    same(f"{sentence}: it stops", running.stop(), 0)
    count = verified(running.data)
    change()
    running.start()
    said = rebuilt(running)
    level = " warning " if is_distrusted else " info "
    check(len(said) == 1 and level in said[0] and MODEL in said[0] and words in said[0],
          f"{sentence}: the file is not believed, which is said once", said)
    gauge = f'redress_projection_distrusted{{projection="{MODEL}"}} {int(is_distrusted)}'
    check(gauge in running.get("/metrics").body.decode().splitlines(),
          f"{sentence}: the metrics say whether it is distrusted", gauge)
    same(f"{sentence}: what is served is true", refunds(running), truth)
    same(f"{sentence}: it is recorded", verified(running.data), count + 1)


def believed(sentence, running, truth):
    same(f"{sentence}: every file is believed", rebuilt(running), [])
    same(f"{sentence}: what is served is true", refunds(running), truth)


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    data = running.data
    shop.begin_with_paid_refund(running)
    for number in range(50):
        running.accepted([shop.order(f"o{number}"), shop.case(f"o{number}"), shop.request(f"o{number}")])
    truth = refunds(running)
    check(len(json.dumps(truth)) > 5_000, "there are refunds to read", truth)

    running.kill()
    running.start()
    believed("after SIGKILL", running, truth)
    same("it stops", running.stop(), 0)
    running.start()
    believed("after a stop", running, truth)
    proof.output([proof.REDRESS, "projections", "rebuild", "--data", data, MODEL])
    same("it stops", running.stop(), 0)
    running.start()
    believed("after a rebuild beside the service", running, truth)
    same("it stops", running.stop(), 0)
    proof.output([proof.REDRESS, "projections", "rebuild", "--data", data])
    running.start()
    believed("after a rebuild of all without one", running, truth)

    tampered("a changed row", running, "rows that were changed",
             lambda: sql(data, "UPDATE refunds SET status = 'executed'"), truth)
    tampered("a removed row", running, "rows that were changed",
             lambda: sql(data, "DELETE FROM refunds WHERE refund_id IN "
                         "(SELECT max(refund_id) FROM refunds)"), truth)
    tampered("a trigger", running, "sealed by another service, or was changed",
             lambda: sql(data, "CREATE TRIGGER t AFTER UPDATE ON refunds BEGIN DELETE FROM refunds; END"),
             truth)
    tampered("another checkpoint", running, "sealed by another service, or was changed",
             lambda: sql(data, "UPDATE _projection SET checkpoint = checkpoint - 1"), truth)
    tampered("without its seal", running, "has no seal", lambda: sql(data, "DELETE FROM _seal"), truth)
    tampered("without the table of its seal", running, "has no seal",
             lambda: sql(data, "DROP TABLE _seal"), truth)
    tampered("made before there were seals", running, "was made before files were sealed",
             lambda: sql(data, "DROP TABLE _seal", "PRAGMA application_id = 0"), truth, is_distrusted=False)
    tampered("a seal for other rows", running, "sealed by another service, or was changed",
             lambda: sql(data, "DELETE FROM refunds", "UPDATE _seal SET row_sum = "
                         f"'{'0' * 64}'"), truth)

    other = services.Service(folder / "other")
    shop.begin_with_paid_refund(other)
    same("another service stops", other.stop(), 0)
    tampered("another folder's file", running, "sealed by another service",
             lambda: copy(file(other.data), file(data)), truth)

    same("it stops", running.stop(), 0)
    older = folder / "older.sqlite"
    copy(file(data), older)
    running.start()
    running.accepted([shop.order("n"), shop.case("n"), shop.request("n")])
    same("it stops", running.stop(), 0)
    copy(older, file(data))
    running.start()
    same("an older file of its own is believed, and brought up to date",
         (rebuilt(running), '"n"' in json.dumps(refunds(running))), ([], True))

    running.accepted([shop.order("m"), shop.case("m"), shop.request("m")])
    truth = refunds(running)
    running.kill()
    (data / "keys" / "read-models.key").rename(folder / "key")
    running.start()
    said = rebuilt(running)
    check(len(said) > 1 and all("sealed by another service" in line for line in said),
          "under another key, none is believed", said)
    same("and what is served is true", refunds(running), truth)
    same("the key is the service's alone", oct(os.stat(data / "keys" / "read-models.key").st_mode & 0o777),
         "0o600")
    same("it stops", running.stop(), 0)


if __name__ == "__main__":
    main()
