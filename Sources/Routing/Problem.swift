// A refusal as a problem document (RFC 9457): `type` is stable and leads to the problem's page,
// `title` is the status' standard phrase, `detail` says what is wrong and what would be right.

public import JSON

/// A request that is not answered with what it asked for.
public struct Problem: Error, Sendable, Hashable {
  public var status: Status
  /// The last part of the path of its page: of a ``ProblemType``, or of a rule's reason.
  public var code: String
  public var detail: String
  /// Further members, such as a rule and its facts.
  public var extensions: [JSONValue.Member]
  /// `Allow` of a 405; the methods that the path has.
  public var allowedMethods: [String]
  /// `Retry-After`; `nil` where waiting does not help, or its length is unknown.
  public var retryAfterSeconds: Int?

  /// - Parameters:
  ///   - status: where it is not the type's own.
  ///   - retryAfterSeconds: where it is known better than by the type.
  public init(
    _ type: ProblemType, status: Status? = nil, detail: String,
    extensions: [JSONValue.Member] = [], allowedMethods: [String] = [],
    retryAfterSeconds: Int? = nil
  ) {
    self.status = status ?? type.status
    code = type.rawValue
    self.detail = detail
    self.extensions = extensions
    self.allowedMethods = allowedMethods
    self.retryAfterSeconds = retryAfterSeconds ?? type.retryAfterSeconds
  }

  /// 422, for a refusal by a rule.
  ///
  /// - Parameter reason: the rule's reason, in kebab-case.
  public init(refusedFor reason: String, detail: String, extensions: [JSONValue.Member]) {
    status = .unprocessableContent
    code = reason
    self.detail = detail
    self.extensions = extensions
    allowedMethods = []
    retryAfterSeconds = nil
  }

  /// The document.
  public var json: JSONValue {
    .object(
      [
        .init("type", .string(ProblemType.path(of: code))),
        .init("title", .string(status.phrase)),
        .init("status", .integer(Int64(status.rawValue))), .init("detail", .string(detail)),
      ] + extensions)
  }
}

extension Problem {
  /// 404, for what a path or a parameter names.
  public static func notFound(_ detail: String) -> Problem {
    Problem(.notFound, detail: detail)
  }

  /// 422, for a value that has the right form and cannot be.
  public static func invalidValue(_ detail: String) -> Problem {
    Problem(.invalidValue, detail: detail)
  }

  /// 400, for a request that cannot be read.
  public static func badRequest(_ detail: String) -> Problem {
    Problem(.badRequest, detail: detail)
  }
}
