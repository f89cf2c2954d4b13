"""For schemathesis' stateful phase: requests of one tenant, and commands that are accepted.

What it makes up by itself is of tenants that do not exist, so that no link would lead anywhere.
"""

import itertools

import contract_hooks
import schemathesis
import shop

TENANT = "acme"


def commands():
    """Orders, a case about each and a refund in it, for ever."""
    for number in itertools.count():
        for make in (shop.order, shop.case, shop.request):
            yield make(f"made-{number}")


COMMANDS = commands()


@schemathesis.hook
def before_call(context, case, kwargs):
    contract_hooks.before_call(context, case, kwargs)
    for place in (case.query, case.path_parameters):
        if place and "tenant" in place:
            place["tenant"] = TENANT
    if case.operation.label == "POST /v1/commands":
        case.body, case.media_type = next(COMMANDS), "application/json"
