// Whether the body of a request is wanted, decided by its head before the body is read.

extension HTTPRequest {
  /// A request whose body has not arrived.
  public struct Head: Sendable {
    /// Its body is empty.
    public let request: HTTPRequest
    /// As announced, in bytes; `nil` for a body that comes in chunks.
    public let bodySize: Int?

    public init(request: HTTPRequest, bodySize: Int?) {
      (self.request, self.bodySize) = (request, bodySize)
    }
  }
}

/// What is done with a request whose body has not arrived.
public enum HTTPAdmission: Sendable {
  /// The body is read; one of more bytes is answered with 413.
  case admitted(bodySizeMax: Int)
  /// The body is not read, and the connection ends with this answer.
  case refused(HTTPResponse)
}
