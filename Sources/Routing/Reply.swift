// What a handler answers. `Service` turns it into bytes: it writes JSON, wraps pages into their
// shell and runs streams.

public import HTML
public import JSON

/// A whole answer, or the beginning of a stream.
public struct Reply: Sendable {
  public enum Body: Sendable {
    case empty
    case json(JSONValue)
    /// A page without its shell.
    case page(Page)
    case bytes([UInt8], mediaType: String)
    /// A body that is written piece by piece until the closure returns.
    case stream(mediaType: String, @Sendable (any BodyWriter) async throws -> Void)
  }

  public var status: Status
  /// Besides `Content-Type` and `Cache-Control`.
  public var headers: [(name: String, value: String)]
  public var body: Body

  public init(
    _ body: Body, status: Status = .ok, headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

extension Reply {
  public static func json(_ value: JSONValue, status: Status = .ok) -> Reply {
    Reply(.json(value), status: status)
  }

  public static func page(_ page: Page) -> Reply { Reply(.page(page)) }

  public static func text(_ text: String, status: Status = .ok) -> Reply {
    Reply(.bytes(Array(text.utf8), mediaType: plainText), status: status)
  }

  public static func redirect(to path: String) -> Reply {
    Reply(.empty, status: .seeOther, headers: [("Location", path)])
  }

  public static let noContent = Reply(.empty, status: .noContent)

  public static let plainText = "text/plain; charset=utf-8"
}

/// Where a stream's pieces go.
public protocol BodyWriter: Sendable {
  /// Sends a piece and waits until it is taken.
  ///
  /// - Returns: `false` if the reader has left.
  func write(_ bytes: [UInt8]) async -> Bool

  /// Calls back once when the reader leaves; at once if it has left.
  func onClose(_ call: @escaping @Sendable () -> Void)
}
