// What a mistake in a key set is answered with.

import WebTokens

/// What a key set is refused with; `nil` where it is accepted.
func keySetError(_ document: String) -> String? {
  do throws(KeySetError) {
    _ = try KeySet(parsing: Array(document.utf8))
    return nil
  } catch {
    return error.description
  }
}

/// What a set of this one key is refused with.
func keyError(_ key: String) -> String? { keySetError(#"{"keys":[\#(key)]}"#) }
