// Messages as files, one each: `<outbox>/<tenant>.<position>.<kind>.<name>.eml`. A delivery program
// takes a file by moving it into `<outbox>/sent`, where it may be deleted a day later. What must
// hold:
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
  /// The recipients forgotten since the process started. Held while a message is written.
  private let forgotten = Mutex<Set<Person>>([])

  private struct Person: Hashable {
    var tenant: TenantID
    var actor: Actor
  }

  private static let suffix = ".eml"

  private var sent: String { folder + "/sent" }

  /// - Parameter sender: the address that messages come from.
  public init(folder: String, sender: EmailAddress) throws {
    self.folder = folder
    self.sender = sender
    try DurableFile.createFolders(folder + "/sent")
  }

  public func send(_ notice: Notice) throws {
    guard let address = notice.address else { preconditionFailure("a notice without an address") }
    try forgotten.withLock { forgotten in
      guard !forgotten.contains(Person(tenant: notice.tenant, actor: notice.recipient)) else {
        return
      }
      let name = notice.name + Self.suffix
      for place in [folder, sent] where access("\(place)/\(name)", F_OK) == 0 { return }
      let message = MailMessage(
        id: notice.name, sender: sender, senderName: notice.sender, recipient: address,
        subject: notice.subject, body: notice.body, date: notice.time)
      try DurableFile.replace("\(folder)/\(name)", with: message.bytes, mode: 0o640)
    }
  }

  public func forget(_ recipient: Actor, of tenant: TenantID) throws {
    try forgotten.withLock { forgotten in
      forgotten.insert(Person(tenant: tenant, actor: recipient))
      for place in [folder, sent] {
        for name in try DurableFile.names(in: place) {
          let parts = name.split(separator: ".", omittingEmptySubsequences: true)
          guard parts.count >= 4, parts[0] == tenant.rawValue,
            parts[2] == recipient.kind.rawValue, parts[3] == recipient.name
          else { continue }
          try DurableFile.remove("\(place)/\(name)")
        }
      }
    }
  }

  /// The number of messages in a folder that wait for delivery; zero where it is missing.
  public static func waitingCount(in folder: String) throws -> Int {
    try DurableFile.names(in: folder).count { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
  }
}
