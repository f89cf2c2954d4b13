// Messages as files, one each: `<outbox>/<tenant>.<position>.<kind>.<name>.eml`. A delivery program
// takes a file by moving it into `<outbox>/sent`, where it may be deleted a day later. What a mail
// server refused for good is in `<outbox>/refused`, with the reason in a first line `X-Refused:`.
// What must hold:
//
// - A file is whole and durable or not there: written beside under a name with a leading dot,
//   synced, renamed, and the folder synced.
// - Its name follows from tenant, event and recipient, and its bytes from the notice, so a message
//   that is waiting, or was taken, is not written again.

public import EventSourcing
import Glibc
import Synchronization
import Transparency

/// A notifier that leaves messages (RFC 5322) in a folder.
public final class OutboxNotifier: Notifier {
  public let folder: String
  private let sender: EmailAddress
  private let arePaymentsSimulated: Bool
  /// The recipients forgotten since the process started. Held while a message is written.
  private let forgotten = Mutex<Set<Person>>([])

  private struct Person: Hashable {
    var tenant: TenantID
    var actor: Actor
  }

  private static let suffix = ".eml"

  private static let simulation = "This is a trial: payments are simulated, and no money moves.\n\n"

  private var sent: String { folder + "/sent" }

  private var refused: String { folder + "/refused" }

  private var places: [String] { [folder, sent, refused] }

  /// Called after each message that was handed over.
  private let onMessage = Mutex<@Sendable () -> Void>({})

  /// - Parameters:
  ///   - sender: the address that messages come from.
  ///   - arePaymentsSimulated: whether each message says that no money moves.
  public init(folder: String, sender: EmailAddress, arePaymentsSimulated: Bool = false) throws {
    self.folder = folder
    self.sender = sender
    self.arePaymentsSimulated = arePaymentsSimulated
    try DurableFile.createFolders(folder + "/sent")
  }

  public func send(_ notice: Notice) throws {
    guard let address = notice.address else { preconditionFailure("a notice without an address") }
    try forgotten.withLock { forgotten in
      guard !forgotten.contains(Person(tenant: notice.tenant, actor: notice.recipient)) else {
        return
      }
      let name = notice.name + Self.suffix
      for place in places where access("\(place)/\(name)", F_OK) == 0 { return }
      let message = MailMessage(
        id: notice.name, sender: sender, senderName: notice.sender, recipient: address,
        subject: notice.subject, body: (arePaymentsSimulated ? Self.simulation : "") + notice.body,
        date: notice.time)
      try DurableFile.replace("\(folder)/\(name)", with: message.bytes, mode: 0o640)
    }
    onMessage.withLock { $0 }()
  }

  public func forget(_ recipient: Actor, of tenant: TenantID) throws {
    try forgotten.withLock { forgotten in
      forgotten.insert(Person(tenant: tenant, actor: recipient))
      for place in places {
        for name in try DurableFile.names(in: place) {
          guard Self.isMessage(name, to: recipient, of: tenant) else { continue }
          try DurableFile.remove("\(place)/\(name)")
        }
      }
    }
  }

  /// Calls back after each message that was handed over.
  public func onMessage(_ call: @escaping @Sendable () -> Void) { onMessage.withLock { $0 = call } }

  /// Whether a file, by its name, is a message to a recipient, whole or not.
  public static func isMessage(
    _ name: String, to recipient: Actor, of tenant: TenantID
  ) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: true)
    return parts.count >= 4 && parts[0] == tenant.rawValue
      && parts[2] == recipient.kind.rawValue && parts[3] == recipient.name
  }

  /// How many messages are in an outbox.
  public struct Counts: Sendable, Hashable {
    /// For delivery.
    public var waiting: Int
    /// That a mail server refused for good.
    public var refused: Int
  }

  /// - Returns: zeros for a folder that is missing.
  public static func counts(in folder: String) throws -> Counts {
    Counts(
      waiting: try names(in: folder).count, refused: try names(in: folder + "/refused").count)
  }

  private static func names(in folder: String) throws -> [String] {
    try DurableFile.names(in: folder).filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
  }
}

// For their delivery.
extension OutboxNotifier {
  /// The names of the messages that wait, those of a tenant in the order of their events.
  public func waiting() throws -> [String] {
    func order(_ name: String) -> (Substring, UInt64, String) {
      let parts = name.split(separator: ".", maxSplits: 2)
      return (parts.first ?? "", parts.dropFirst().first.flatMap { UInt64($0) } ?? 0, name)
    }
    return try Self.names(in: folder).sorted { order($0) < order($1) }
  }

  /// - Returns: `nil` where it was taken, or its recipient was forgotten.
  public func message(_ name: String) throws -> OutboxMessage? {
    let path = "\(folder)/\(name)"
    return try DurableFile.read(path).map { OutboxMessage(sender: sender, bytes: $0) }
  }

  /// The message was delivered.
  public func markSent(_ name: String) throws {
    try forgotten.withLock { _ in
      let path = "\(folder)/\(name)"
      // Its recipient may have been forgotten meanwhile.
      guard access(path, F_OK) == 0 else { return }
      // From now on it is kept for a while, however long it waited.
      try DurableFile.touch(path)
      try DurableFile.createFolders(sent)
      try DurableFile.move(path, to: "\(sent)/\(name)")
    }
  }

  /// The message will never be taken.
  ///
  /// - Returns: `false` where its recipient was forgotten meanwhile.
  @discardableResult
  public func markRefused(
    _ name: String, because reason: String, at time: Timestamp
  ) throws -> Bool {
    try forgotten.withLock { _ in
      let path = "\(folder)/\(name)"
      guard let bytes = try DurableFile.read(path) else { return false }
      try DurableFile.createFolders(refused)
      let line = "X-Refused: \(time) \(HeaderText.plain(reason))\r\n"
      try DurableFile.replace("\(refused)/\(name)", with: Array(line.utf8) + bytes, mode: 0o640)
      try DurableFile.remove(path)
      return true
    }
  }

  /// Removes what was sent before a time.
  public func removeSent(before time: Timestamp) throws {
    for name in try Self.names(in: sent) {
      let path = "\(sent)/\(name)"
      let seconds = try DurableFile.modificationTime(of: path)
      if Int64(seconds) < time.microseconds / 1_000_000 { try DurableFile.remove(path) }
    }
  }
}

/// A message that waits, as it is delivered.
public struct OutboxMessage: Sendable {
  public var sender: EmailAddress
  /// `nil` for a file that holds no message of ours.
  public var recipient: EmailAddress?
  public var bytes: [UInt8]

  init(sender: EmailAddress, bytes: [UInt8]) {
    (self.sender, self.bytes) = (sender, bytes)
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let head = lines.prefix { $0 != [0x0D] }
    recipient = head.lazy.map { String(decoding: $0, as: UTF8.self) }
      .first { $0.hasPrefix("To: <") }
      .flatMap { EmailAddress(String($0.dropFirst(5).prefix { $0 != ">" })) }
  }
}
