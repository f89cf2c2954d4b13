// What the server refuses before there is a request to route: too large, too slow, malformed. It
// leaves as a problem document like every other refusal, and says what would have been possible.

public import HTTP

extension HTTPServerConfiguration {
  /// Lets the server's own refusals leave as problem documents that name these limits.
  public mutating func refuseWithProblems() {
    let (bodySizeMax, headSizeMax) = (bodySizeMax, headSizeMax)
    refusal = { status, detail in
      let refused =
        switch status {
        case 408: ("too-slow", "The request came too slowly", "Send it again without a pause.")
        case 413:
          (
            "request-too-large", "The request is too large",
            "A request's body has at most \(bodySizeMax) bytes; send several requests."
          )
        case 417: ("expectation-failed", "Nobody here can do that", "Leave out the header Expect.")
        case 431:
          (
            "head-too-large", "The head of the request is too large",
            "The request line and its header lines have at most \(headSizeMax) bytes together."
          )
        case 503: ("busy", "There are too many connections", "Ask again later.")
        case 500: (Problem.internalError.code, Problem.internalError.title, "")
        default: ("malformed-request", "The request is malformed", "")
        }
      return Problem(
        status: status, code: refused.0, title: refused.1,
        detail: refused.2.isEmpty ? detail : "\(detail) \(refused.2)"
      ).response
    }
  }
}
