// What the server refuses before there is a request to route: too large, too slow, malformed. It
// leaves as a problem document like every other refusal, with an id by which a caller can ask about
// it, and says what would have been possible.

import HTTP
import Routing

extension HTTPServerConfiguration {
  /// Answers the server's own refusals with problem documents that name these limits.
  ///
  /// - Parameter count: receives the status of each.
  mutating func refuseWithProblems(counting count: @escaping @Sendable (Int) -> Void) {
    let (bodySizeMax, headSizeMax) = (bodySizeMax, headSizeMax)
    refusal = { status, detail in
      count(status)
      let (type, advice): (ProblemType, String) =
        switch Status(rawValue: status) {
        case .requestTimeout: (.tooSlow, "Send it again without a pause.")
        case .contentTooLarge:
          (
            .requestTooLarge,
            "A request's body has at most \(bodySizeMax) bytes; send several requests."
          )
        case .expectationFailed: (.expectationFailed, "Leave out the header Expect.")
        case .requestHeaderFieldsTooLarge:
          (
            .headTooLarge,
            "The request line and its header lines have at most \(headSizeMax) bytes together."
          )
        case .serviceUnavailable: (.busy, "Try again later.")
        case .internalServerError: (.internalError, "")
        default: (.malformedRequest, "")
        }
      return Problem(
        type, status: Status(rawValue: status),
        detail: advice.isEmpty ? detail : "\(detail) \(advice)"
      ).response(requestID: RequestID().text)
    }
  }
}
