#!/usr/bin/env python3
"""Proves that the JSON Schema of redress.json and the service agree on what the file may be, and that a
flag goes before a variable, that before the file and that before the default.

The schema is checked by the program jsonschema; files that it allows and files that it refuses, made by
changing whole ones in every place, must be taken and refused by `redress settings` alike.
"""

import copy
import json
import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
from proof import check, same

WHOLE = {
    "$schema": "redress.schema.json",
    "principals": [
        {"name": "shop", "uid": 1001, "tenants": ["acme"], "roles": ["agent"],
         "permissions": ["ask", "metrics.read"], "actors": ["customer/*", "agent/kim"]},
        {"name": "auditor", "uid": 1002, "tenants": ["*"], "permissions": ["*"], "actors": ["*"]}],
    "rates": {"person": 30, "service": 700, "redis": "127.0.0.1:6379"},
    "quotas": {"evidenceBytes": 1_000_000, "drafts": 10, "webhooks": 20, "refusals": 30},
    "idleDaysMax": 90, "socket": "other.sock", "http": "127.0.0.1:8080", "publish": "/mnt/published",
    "mailFrom": "refunds@example.com", "mailServer": "smtps://mail.example.com:465", "mailLogin": "login",
    "mailAuthorities": "/etc/ssl/mail.pem", "gateway": "simulated", "logFormat": "json",
}
# For each place, what is put there instead.
OTHERS = [None, True, 7, -1, 0, 36501, 4294967296, "", "x", "*", [], ["*"], ["*", "acme"], ["x"], [7],
          {}, {"x": 1}, "text", "a b", "_system", "uid-7", "customer/", "system/redress", "service/*",
          "10.0.0.1:80", "127.0.0.1", "localhost:0", "[::1]:80", "ftp://x", "https://x/y", "a@b.example",
          "smtp://[::1]:25", "smtp://a:0", "smtp://a:65536", "smtps://a.example:587/", "smtp://u@a:25",
          "unix:/run/redis.sock", "unix:redis.sock", "redis.example:65535", "redis:65536",
          ["ask"], ["customer"], ["ops", "auditor"], ["acme"], ["_system"]]


def places(value, path=()):
    """The path of every value inside another one."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def changed(path, other=None, removing=False):
    value = copy.deepcopy(WHOLE)
    target = value
    for key in path[:-1]:
        target = target[key]
    if removing:
        del target[path[-1]]
    else:
        target[path[-1]] = other
    return value


def variants():
    yield WHOLE
    yield {}
    yield []
    for path in places(WHOLE):
        if not path:
            continue
        yield changed(path, removing=True)
        for other in OTHERS:
            yield changed(path, other)
        if isinstance(path[-1], str):
            yield changed((*path[:-1], path[-1] + "x"), "more")


def settings(data, *words, **environment):
    """Exit code, values by option and what was said."""
    result = proof.run([proof.REDRESS, "settings", "--data", data, "--json", *words],
                       env={**os.environ, **environment})
    return result.returncode, json.loads(result.stdout or b"{}"), result.stderr.decode()


def agrees(data):
    try:
        import jsonschema
    except ImportError:
        return proof.skip("Python's jsonschema is not installed: apt-get install python3-jsonschema")
    schema = json.loads(proof.output([proof.REDRESS, "settings", "schema"]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    allowed = refused = 0
    for value in variants():
        (data / "redress.json").write_text(json.dumps(value))
        code, _, said = settings(data)
        # Two principals with one uid or name are for the service alone to see.
        if "of another principal, too" in said:
            continue
        if code not in (0, 1) or validator.is_valid(value) != (code == 0):
            error = next(validator.iter_errors(value), None)
            proof.fail(f"the service says {code} {said!r}, the schema {error and error.message!r} "
                       f"of {json.dumps(value)}")
        allowed, refused = allowed + (code == 0), refused + (code == 1)
    check(allowed > 50 and refused > 200,
          f"service and schema allow the same {allowed} files and refuse the same {refused}")
    (data / "redress.json").write_text('{"principls": []}')
    _, _, said = settings(data)
    check("$.principls" in said and "did you mean principals?" in said, f"mistyped: {said.strip()}")
    keys = said.split("the keys are ")[-1].split("The keys are ")[-1].strip().split(", ")
    same("the schema has the keys of the service",
         sorted(schema["properties"]), sorted({*keys, "$schema"}))


def order(data):
    file = data / "redress.json"
    file.unlink()
    _, values, _ = settings(data)
    same("without a file, the default", values["logFormat"], {"value": "text", "source": "default"})
    file.write_text('{"logFormat": "json", "http": "127.0.0.1:1", "socket": "a.sock"}')
    _, values, _ = settings(data)
    same("the file goes before the default", values["http"],
         {"value": "127.0.0.1:1", "source": "file"})
    same("its paths begin at its folder", values["socket"]["value"], f"{data}/a.sock")
    _, values, _ = settings(data, REDRESS_HTTP="127.0.0.1:2")
    same("a variable goes before the file", values["http"],
         {"value": "127.0.0.1:2", "source": "variable"})
    _, values, _ = settings(data, "--http", "127.0.0.1:3", REDRESS_HTTP="127.0.0.1:2")
    same("a flag goes before a variable", values["http"], {"value": "127.0.0.1:3", "source": "flag"})
    for words, environment, name in ((["--http", "x"], {}, "--http"),
                                     ([], {"REDRESS_HTTP": "x"}, "REDRESS_HTTP"),
                                     (["--http", "127.0.0.1:3"], {"REDRESS_HTTP": "x"}, "REDRESS_HTTP")):
        code, _, said = settings(data, *words, **environment)
        check(code == 2 and f"{name} x is not HOST:PORT" in said, f"{name} x is refused", said)
    result = proof.run([proof.REDRESS, "settings"], env={**os.environ, "REDRESS_DATA": str(data)})
    same("REDRESS_DATA names the folder", result.returncode, 0)


def served(data):
    (data / "redress.json").write_text('{"logFormat": "json", "socket": "mine.sock"}')
    running = services.Service(data)
    running.socket = data / "mine.sock"
    same("the service listens where the file says", running.get("/healthz").status, 200)
    same("and logs as the file says", json.loads(running.words().splitlines()[0])["level"], "info")
    (data / "redress.json").write_text('{"logFormat": "json", "http": "127.0.0.1:0"}')
    running.process.send_signal(1)
    proof.wait_until(lambda: "was read again" in running.words(), "SIGHUP reads it again")
    proof.wait_until(lambda: "http is another" in running.words(), "and says what waits for a start")
    same("it stops", running.stop(), 0)


def main():
    _, folder = proof.begin(__doc__)
    data = folder / "data"
    services.make(data)
    agrees(data)
    order(data)
    served(data)


if __name__ == "__main__":
    main()
