// The answer of a server.

/// An answer with any status.
public struct ClientResponse: Sendable {
  public internal(set) var status: Int
  public internal(set) var headers: [(name: String, value: String)]
  public internal(set) var body: [UInt8]

  /// Whether the status is one of success (200 to 299).
  public var isSuccess: Bool { (200...299).contains(status) }

  /// The first value of a header, compared without regard to case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
