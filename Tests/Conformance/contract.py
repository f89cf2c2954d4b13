#!/usr/bin/env python3
"""Proves that the contract is what the service does, by programs that others wrote.

openapi-spec-validator reads the OpenAPI document. Schemathesis asks the service by it, with every check
on, valid and invalid requests alike, and finds nothing; it sends commands and follows the contract's links to
what they made, and finds nothing there. Every event of the feed is a CloudEvent for the
CloudEvents SDK, and fits the message that the AsyncAPI document has for it. EXAMPLES=N tries N requests
of each kind at each route.
"""

import json
import os
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
import tcp_proxy
from proof import check, same

TOOLS = proof.ROOT / ".build" / "conformance"
EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
# How many sequences of requests the stateful phase tries at most, and how many links it follows in one of
# some tries: which ones, and how many, is up to its seed.
STORIES, LINKS, TRIES = 30 * EXAMPLES, 4, 5
# A rule's refusal is 422, so it is what a valid request may get.
CHECKS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "410", "422"]
"""
# Reads one CloudEvent from each line, and prints how many.
READ_CLOUD_EVENTS = """
import json, sys
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
count = 0
for line in sys.stdin.buffer:
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, line)
    event = from_structured_event(message, JSONFormat())
    given = json.loads(line)
    assert event.get_type() == given["type"] and event.get_data() == given["data"], line
    assert event.get_extension("commandid") == given["commandid"], line
    count += 1
print(count)
"""
# Reads a schema, and on each further line what has to fit it.
READ_MESSAGES = """
import json, sys, jsonschema
contract = json.loads(sys.stdin.readline())
messages = contract["components"]["messages"]
for line in sys.stdin:
    line = json.loads(line)
    _, _, _, name, version = line["event"]["dataschema"].split(":")
    schema = messages[f"{name}.{version}"]["payload"]["schema"] | {"components": contract["components"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(line)
    print(name)
"""


def python(program, lines):
    """What a program prints that has the tools' packages."""
    return proof.output([TOOLS / "bin/python", "-c", program],
                        input=b"".join(line + b"\n" for line in lines))


def documents(running, folder):
    for path in ("/v1/openapi.json", "/v1/asyncapi.json", "/contract", "/problems"):
        same(f"GET {path}", running.get(path).status, 200)
    contract = folder / "openapi.json"
    contract.write_bytes(running.get("/v1/openapi.json").body)
    said = proof.output([TOOLS / "bin/openapi-spec-validator", contract])
    check("OK" in said, "openapi-spec-validator accepts the contract", said)


def every_problem_has_a_page(running):
    codes = re.findall(r'href="/problems/([a-z0-9-]+)"', running.get("/problems").body.decode())
    missing = [code for code in codes if running.get(f"/problems/{code}").status != 200]
    check(len(codes) > 200 and not missing, f"{len(codes)} types of problems have a page", missing)
    refused = running.request(
        "POST", "/v1/commands", json.dumps(shop.case("none")), {"Content-Type": "application/json"})
    page = running.get(refused.json()["type"])
    check(page.status == 200 and b"C2: Whose case" in page.body,
          "the type of a refusal leads to its page, with the rule", page.body[-1000:])


def events(running):
    lines = running.get("/v1/events?tenant=acme").body.splitlines()
    lines += running.get("/v1/events?tenant=_system").body.splitlines()
    own = [line.partition(b'"event":')[2][:-1] for line in lines]
    same("every event is a CloudEvent for the SDK", int(python(READ_CLOUD_EVENTS, own)), len(own))
    contract = running.get("/v1/asyncapi.json").body.strip()
    names = python(READ_MESSAGES, [contract, *lines]).split()
    same("and fits its message in the AsyncAPI document", len(names), len(lines))
    check(len(set(names)) >= 10, f"{len(set(names))} types of events")


def examples(running):
    """The golden examples of every event, in an envelope as the log has it."""
    envelope = json.loads(running.get("/v1/events?tenant=acme").body.splitlines()[0])["event"]
    lines = []
    for path in sorted((proof.ROOT / "EventSchemas" / "events").glob("*.json")):
        name, version, _ = path.name.split(".")
        for data in json.loads(path.read_text())["examples"]:
            event = {**envelope, "type": name, "data": data,
                     "dataschema": f"urn:redress:event:{name}:{version}"}
            lines.append(json.dumps(event).encode())
    same("every example is a CloudEvent", int(python(READ_CLOUD_EVENTS, lines)), len(lines))
    contract = running.get("/v1/asyncapi.json").body.strip()
    wrapped = [b'{"token":"a","event":' + line + b"}" for line in lines]
    same("and fits its message", len(python(READ_MESSAGES, [contract, *wrapped]).split()), len(lines))


def schemathesis(running, folder, random, hooks, *words):
    """Has it ask the service, and returns what it says; it must find nothing."""
    (folder / "checks.toml").write_text(CHECKS)
    proxy = tcp_proxy.Proxy(running.socket)
    result = proof.run(
        [TOOLS / "bin/schemathesis", "--config-file", folder / "checks.toml", "run",
         f"http://127.0.0.1:{proxy.port}/v1/openapi.json", "--checks", "all", "--warnings", "off",
         "--seed", random.randrange(10**6), "--no-shrink", "--request-timeout", 60, *words],
        timeout=3600, cwd=folder, env=dict(
            os.environ, SCHEMATHESIS_HOOKS=hooks,
            PYTHONPATH=str(pathlib.Path(__file__).parent / "support")))
    proxy.close()
    said = result.stdout.decode() + result.stderr.decode()
    counts = re.search(r"(\d+) generated", said)
    if result.returncode:
        print(said[said.find("= FAILURES"):], flush=True)
    check(result.returncode == 0, f"schemathesis finds nothing in {counts and counts[1]} requests",
          "see above")
    return said


def by_links(running, folder, random):
    """A command leads to what it made, and a list to what is in it."""
    most = 0
    for _ in range(TRIES):
        said = schemathesis(
            running, folder, random, "stateful_hooks", "--phases", "stateful", "--mode", "positive",
            "--max-examples", STORIES)
        covered, known = re.search(r"(\d+) covered / (\d+) selected", said).groups()
        most = max(most, int(covered))
        if most >= LINKS:
            break
    check(most >= LINKS, f"and follows {most} of {known} links", covered)


def main():
    random, folder = proof.begin(__doc__.splitlines()[0])
    if not (TOOLS / "bin/schemathesis").exists():
        proof.skip("the contract: schemathesis is missing; tools/setup --test installs it")
        return
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    running.accepted([shop.order("1"), shop.case("1"), shop.request("1"), shop.approve("1")])
    running.request("GET", "/v1/receipts/1")
    documents(running, folder)
    every_problem_has_a_page(running)
    events(running)
    examples(running)
    schemathesis(running, folder, random, "contract_hooks", "--phases", "examples,coverage,fuzzing",
                 "--workers", 2, "--max-examples", EXAMPLES)
    by_links(running, folder, random)
    same("the service stops well", running.stop(), 0)


main()
