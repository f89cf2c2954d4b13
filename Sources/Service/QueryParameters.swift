// A parameter that nobody reads is a mistake its sender should hear of: `lmit=1` must not look as
// if it had worked.

import HTTP

extension HTTPRequest {
  /// Refuses parameters that this route does not know, and those that are given twice.
  ///
  /// - Throws: ``Problem`` that names the parameter and the known ones.
  func allowParameters(_ known: String...) throws(Problem) {
    var seen: Set<String> = []
    for (name, _) in query {
      guard known.contains(name) else {
        throw .badRequest(
          "\(name.prefix(60)): there is no such parameter here; there "
            + (known.isEmpty ? "is none." : "are \(known.joined(separator: ", "))."))
      }
      guard seen.insert(name).inserted else {
        throw .badRequest("\(name): is given twice; give it once.")
      }
    }
  }
}
