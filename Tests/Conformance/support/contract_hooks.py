"""For schemathesis: what a client of the service does that the contract's schemas cannot say."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    # A feed that follows the log does not end.
    if case.query and str(case.query.get("follow")).lower() in ("true", ""):
        case.query["follow"] = "false"
    # For JSON Schema 2.0 is an integer. The service takes whole numbers that are written as such, so
    # that equal values have equal bytes.
    case.body = written(case.body)


def written(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [written(element) for element in value]
    if isinstance(value, dict):
        return {key: written(element) for key, element in value.items()}
    return value
