// Pages that programs can read, too: the same content as one JSON object, by `?format=json` or an
// Accept header that prefers JSON.

import Routing

/// How a page is answered.
enum PageFormat: String, CaseIterable, Sendable {
  case html, json

  static let parameter = Parameter<PageFormat?>.choice("format", of: PageFormat.self)

  /// - Precondition: the route declares ``parameter``.
  init(of call: Call) {
    let accepted = AcceptedMediaTypes(call.header("accept") ?? "")
    self = call[Self.parameter] ?? (accepted.preferJSON ? .json : .html)
  }
}
