// Why a request got no answer.

/// A request without an answer: no server there, a broken connection, a time-out.
///
/// An answer with an error status is not an error here.
public struct HTTPClientError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The socket path or URL that was asked.
  public let destination: String

  /// libcurl's own words.
  public let message: String

  /// libcurl's error number (`CURLcode`).
  public let code: Int

  /// Whether no connection was made, so that the request has certainly not arrived.
  public let neverConnected: Bool

  public var description: String {
    if !neverConnected { return "no answer from \(destination): \(message)" }
    // Of a Unix socket libcurl says that it is a port of localhost.
    let reason =
      destination.contains("://")
      ? message
      : "no service listens on this socket, or this user may not open it"
    return "cannot reach \(destination): \(reason)"
  }
}
