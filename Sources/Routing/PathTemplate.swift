// A route's path: `/v1/refunds/{refundId}`. A segment is a literal or one parameter in braces.

/// The path of a route.
public struct PathTemplate: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible
{
  public enum Segment: Sendable, Hashable {
    case literal(String)
    case parameter(String)
  }

  public let description: String
  public let segments: [Segment]

  public init(stringLiteral text: String) { self.init(text) }

  /// - Precondition: the text begins with `/`.
  public init(_ text: String) {
    precondition(text.hasPrefix("/"), "a path begins with /: \(text)")
    description = text
    segments = text.split(separator: "/").map { segment in
      segment.hasPrefix("{") && segment.hasSuffix("}")
        ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
    }
  }

  /// The names in braces, in order.
  public var parameterNames: [String] {
    segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }

  /// The path with values in place of its parameters.
  ///
  /// - Precondition: every parameter has a value.
  public func filled(_ values: [String: String]) -> String {
    let filled = segments.map { segment in
      switch segment {
      case .literal(let text): return text
      case .parameter(let name):
        guard let value = values[name] else { preconditionFailure("\(name) has no value") }
        return value
      }
    }
    return "/" + filled.joined(separator: "/")
  }
}
