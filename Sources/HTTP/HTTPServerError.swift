// Why the server cannot listen, and what to do about it.

internal import CHTTPServer
internal import Glibc

/// An endpoint that cannot be listened on.
public struct HTTPServerError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    /// The path does not fit into a socket address (107 bytes).
    case pathTooLong
    /// The folder of the socket does not exist.
    case folderMissing
    /// The folder of the socket, or the port, is not for this user.
    case notPermitted
    /// Something other than a socket is at that path; it is left alone.
    case notASocket
    /// Another process listens there.
    case inUse
    /// The address is not a loopback address, or no port.
    case notLoopback
    /// The descriptor that was handed over is no listening stream socket.
    case notListening
    /// What the operating system says otherwise.
    case system
  }

  public let endpoint: HTTPEndpoint
  public let reason: Reason

  /// The operating system's error number.
  public let errno: Int32

  public var description: String {
    let problem = "cannot listen on \(endpoint): "
    switch reason {
    case .pathTooLong:
      return problem + "a socket path has at most 107 bytes; choose a shorter one"
    case .folderMissing:
      return problem + "its folder does not exist; create it first"
    case .notPermitted:
      return problem + "permission denied; choose another place or change who owns the folder"
    case .notASocket:
      return problem + "a file that is not a socket is there; move it away or choose another path"
    case .inUse:
      return problem + "another process listens there; stop it or choose another place"
    case .notLoopback:
      return problem + "only 127.0.0.1, ::1 or localhost with a port from 0 to 65535 are served; "
        + "put a reverse proxy in front for other addresses"
    case .notListening:
      return problem + "it is no socket that listens; hand over a ListenStream= of a socket unit"
    case .system:
      return problem + HTTPServerError.message(for: errno)
    }
  }

  init(endpoint: HTTPEndpoint, failure: chs_error) {
    self.endpoint = endpoint
    self.errno = failure.code
    switch Int(failure.kind) {
    case CHS_PATH_TOO_LONG: reason = .pathTooLong
    case CHS_NOT_A_SOCKET: reason = .notASocket
    case CHS_IN_USE: reason = .inUse
    case CHS_NOT_LOOPBACK: reason = .notLoopback
    case CHS_NOT_LISTENING: reason = .notListening
    default:
      switch failure.code {
      case ENOENT, ENOTDIR: reason = .folderMissing
      case EACCES, EPERM, EROFS: reason = .notPermitted
      default: reason = .system
      }
    }
  }

  private static func message(for code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
