// What zstd answers when it refuses.

/// Why bytes could not be compressed or decompressed.
public enum ZstandardError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The frame does not say how long its content is, or the bytes are no frame.
  case unknownContentSize
  /// The content is longer than the caller allows, in bytes.
  case contentTooLarge(size: UInt64, limit: Int)
  /// The file ends inside a frame.
  case truncated(path: String)
  /// The operating system refused to open or read the file.
  case io(path: String, errno: Int32)
  /// zstd's own words.
  case library(message: String)

  public var description: String {
    switch self {
    case .unknownContentSize: "zstd: the frame does not state its content size"
    case .contentTooLarge(let size, let limit):
      "zstd: the frame holds \(size) bytes, more than the \(limit) allowed here"
    case .truncated(let path): "zstd: \(path) ends inside a frame"
    case .io(let path, let errno): "zstd: cannot read \(path) (errno \(errno))"
    case .library(let message): "zstd: \(message)"
    }
  }
}
