import Curl
import Transparency

/// A place for copies of signed checkpoints, one file for each tenant.
public enum CheckpointTarget: Sendable, Hashable, CustomStringConvertible {
  /// A folder that exists: a missing one may be a share that is not mounted.
  case folder(String)
  /// A base URL; each checkpoint is sent to `URL/TENANT` with PUT.
  case server(url: String)

  /// How long a server may take.
  private static let timeout = Duration.seconds(10)

  /// - Parameter text: an `http` or `https` URL, or the path of a folder.
  /// - Returns: `nil` for another URL.
  public init?(_ text: String) {
    let isURL = text.hasPrefix("http://") || text.hasPrefix("https://")
    guard isURL || !text.contains("://") else { return nil }
    self = isURL ? .server(url: text) : .folder(text)
  }

  public var description: String {
    switch self {
    case .folder(let path): path
    case .server(let url): url
    }
  }

  /// Stores a note in place of the last one.
  ///
  /// - Parameters:
  ///   - cancellation: ends a request that is going on.
  ///   - extends: whether the tree of the second head extends the smaller one of the first.
  /// - Throws: where it cannot be stored, or the history does not extend the last copy.
  func put(
    _ note: [UInt8], as name: String, endingWith cancellation: Cancellation,
    _ extends: (_ old: TreeHead, _ new: TreeHead) throws -> Bool
  ) throws {
    switch self {
    case .folder(let path):
      let file = "\(path)/\(name)"
      if let last = try DurableFile.read(file) {
        try Self.require(note, toFollow: last, in: file, extends)
      }
      try DurableFile.replace(file, with: note, mode: 0o644)
    case .server(let url):
      let client = HTTPClient(baseURL: url)
      client.totalTimeout = Self.timeout
      client.cancellation = cancellation
      let type = ("Content-Type", "text/plain; charset=utf-8")
      let answer = try client.send(
        method: "PUT", target: "/\(name)", headers: [(name: type.0, value: type.1)], body: note)
      guard answer.isSuccess else {
        throw CheckpointCopyFailure(reason: "\(url)/\(name) answers \(answer.status) to PUT")
      }
    }
  }

  /// A copy that the history does not extend is the evidence of that, and must stay.
  private static func require(
    _ note: [UInt8], toFollow last: [UInt8], in file: String,
    _ extends: (_ old: TreeHead, _ new: TreeHead) throws -> Bool
  ) throws {
    guard let old = try? Checkpoint(text: SignedNote(last).text) else {
      throw CheckpointCopyFailure(
        reason: "\(file) is no checkpoint; remove it, or publish to another folder")
    }
    let new = try Checkpoint(text: SignedNote(note).text)
    guard old.origin == new.origin else {
      throw CheckpointCopyFailure(
        reason: "\(file) is a checkpoint of \(old.origin), and this is one of \(new.origin)")
    }
    guard old.head.size <= new.head.size else {
      throw CheckpointCopyFailure(
        reason: """
          \(file) is of \(old.head.size) events, and the history has \(new.head.size): it was \
          rolled back. Keep both, and find out which is right
          """)
    }
    let isExtended =
      old.head.size == new.head.size
      ? old.head.root == new.head.root : try extends(old.head, new.head)
    guard isExtended else {
      throw CheckpointCopyFailure(
        reason: """
          \(file) is of \(old.head.size) events, and the history's first \(old.head.size) are \
          others. Keep both, and find out which is right
          """)
    }
  }
}

/// Why a checkpoint was not copied.
struct CheckpointCopyFailure: Error, CustomStringConvertible {
  var reason: String

  var description: String { reason }
}
