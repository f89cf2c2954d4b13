// The parameters of the lists of operational records, and their optional fields as JSON.

import JSON
import Routing

/// How many rows a list has at most.
let pageLimit = Parameter.wholeNumber("limit", 1...500, default: 50)

/// Only rows before this one, to get the next page.
let pageBefore = Parameter.wholeNumber("before")

/// The fields that have a value.
func fields(_ pairs: (String, JSONValue?)...) -> [JSONValue.Member] {
  pairs.compactMap { key, value in value.map { JSONValue.Member(key, $0) } }
}
