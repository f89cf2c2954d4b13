"""Whether the log has what a caller was told."""

import collections

import proof


def by_command(events):
    """The events of each command."""
    found = collections.defaultdict(list)
    for event in events:
        found[event["commandid"]].append(event)
    return found


def without_replay(outcome):
    """An answer without what says that it was given before."""
    plain = {name: value for name, value in outcome.items() if name not in ("replay", "requestId")}
    if "problem" in plain:
        plain["problem"] = without_replay(plain["problem"])
    return plain


def as_told(outcome, events):
    """Fails unless the events of a command are those that its answer named."""
    name = outcome["id"]
    found = [{"type": event["type"], "stream": event["subject"],
              "position": int(event["id"]), "revision": event["revision"]} for event in events]
    if outcome["outcome"] == "rejected":
        if [event["type"] for event in found] != ["CommandRejected"]:
            proof.fail(f"{name} was refused, and the log has {found}")
    elif outcome["outcome"] != "accepted" or outcome.get("events") != found:
        proof.fail(f"{name} was told {outcome}, and the log has {found}")
