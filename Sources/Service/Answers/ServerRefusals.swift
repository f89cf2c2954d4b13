// What the server refuses before there is a request to route: too large, too slow, malformed. It
// leaves as a problem document like every other refusal, and says what would have been possible.

public import HTTP
import Routing

extension HTTPServerConfiguration {
  /// Answers the server's own refusals with problem documents that name these limits.
  public mutating func refuseWithProblems() {
    let (bodySizeMax, headSizeMax) = (bodySizeMax, headSizeMax)
    refusal = { status, detail in
      let (code, advice) =
        switch Status(rawValue: status) {
        case .requestTimeout: ("too-slow", "Send it again without a pause.")
        case .contentTooLarge:
          (
            "request-too-large",
            "A request's body has at most \(bodySizeMax) bytes; send several requests."
          )
        case .expectationFailed: ("expectation-failed", "Leave out the header Expect.")
        case .requestHeaderFieldsTooLarge:
          (
            "head-too-large",
            "The request line and its header lines have at most \(headSizeMax) bytes together."
          )
        case .serviceUnavailable: ("busy", "Try again later.")
        case .internalServerError: ("internal-error", "")
        default: ("malformed-request", "")
        }
      return Problem(
        Status(rawValue: status) ?? .badRequest, code: code,
        detail: advice.isEmpty ? detail : "\(detail) \(advice)"
      ).response
    }
  }
}
