// A refusal as a problem document (RFC 9457): `type` is stable, `title` is the status' standard
// phrase, `detail` says what is wrong and what would be right.

public import JSON

/// A request that is not answered with what it asked for.
public struct Problem: Error, Sendable, Hashable {
  public var status: Status
  /// The last part of `urn:redress:problem:<code>`.
  public var code: String
  public var detail: String
  /// Further members, such as a rule and its facts.
  public var extensions: [JSONValue.Member]
  /// `Allow` of a 405; the methods that the path has.
  public var allowedMethods: [String]
  /// `Retry-After`; `nil` where waiting does not help, or its length is unknown.
  public var retryAfterSeconds: Int?

  public init(
    _ status: Status, code: String, detail: String, extensions: [JSONValue.Member] = [],
    allowedMethods: [String] = [], retryAfterSeconds: Int? = nil
  ) {
    self.status = status
    self.code = code
    self.detail = detail
    self.extensions = extensions
    self.allowedMethods = allowedMethods
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// The document.
  public var json: JSONValue {
    .object(
      [
        .init("type", .string("urn:redress:problem:\(code)")),
        .init("title", .string(status.phrase)),
        .init("status", .integer(Int64(status.rawValue))), .init("detail", .string(detail)),
      ] + extensions)
  }
}

extension Problem {
  /// 404, for what a path or a parameter names.
  public static func notFound(_ detail: String) -> Problem {
    Problem(.notFound, code: "not-found", detail: detail)
  }

  /// 400, for a request that cannot be read.
  public static func badRequest(_ detail: String) -> Problem {
    Problem(.badRequest, code: "bad-request", detail: detail)
  }
}
