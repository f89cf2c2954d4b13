// What the tools record in the tenant `_system`: through the service that runs on the folder, or in
// the log of a folder that no service runs on. What must hold: an access or action is
// recorded before it happens, so a tool that cannot record it refuses.

import CommandHandling
import Curl
import EventLog
import EventSourcing
import Events
import Glibc
import JSON
import Node
import PersonalData

extension DataFolder {
  /// Records entries, which are durable on return.
  ///
  /// On a folder without a service, no service can start meanwhile.
  func record(_ entries: [SystemEntry]) throws {
    guard let holder = holder() else { return try locked { try appendHolding(entries) } }
    let client = try holder.client()
    for entry in entries {
      var body: [UInt8] = []
      entry.submitted.write(to: &body)
      let response = try client.send(
        method: "POST", target: "/v1/system-entries",
        headers: [("Content-Type", "application/json")], body: body)
      guard response.isSuccess else { throw Stop(refusedWith: response) }
    }
  }

  /// Records entries in the log of a folder whose lock this process holds.
  func appendHolding(_ entries: [SystemEntry]) throws {
    try append(entries) { stopForGood("\($0)") }
  }

  /// Records what an operator does.
  func record(_ action: OperatorActionKind, _ what: String) throws {
    try record([SystemEntry(action, what)])
  }

  /// Records what an operator does, by a process that holds the folder's lock.
  func appendHolding(_ action: OperatorActionKind, _ what: String) throws {
    try appendHolding([SystemEntry(action, what)])
  }
}

extension SystemEntry {
  /// - Parameter what: of a longer one, its beginning is recorded.
  init(_ action: OperatorActionKind, _ what: String) {
    self.init { id in
      .recordOperatorAction(
        RecordOperatorAction(
          recordID: id, action: action, what: what.asLabel, by: Actor(ofProcessOf: getuid())))
    }
  }
}

/// What `--open` and `--reason` say: whether a tool opens personal texts, and why.
struct Opening {
  static let help = """
      --open         open personal texts; who did so, of what and why is recorded in the tenant
                     _system first, by the running service or in the log of a stopped folder
      --reason TEXT  why they are opened; required with --open
    """

  /// `nil` where personal texts stay sealed.
  let reason: String?

  init(_ arguments: inout Arguments) throws {
    let isOpen = try arguments.flag("--open")
    reason = try arguments.option("--reason")
    if isOpen, reason == nil {
      throw Stop.usage(
        "--open needs --reason TEXT: why personal texts are opened, which is recorded")
    }
    guard let reason else { return }
    guard isOpen else { throw Stop.usage("--reason belongs to --open") }
    // A label's length is one of code points.
    let count = reason.unicodeScalars.count
    guard 1...500 ~= count else {
      throw Stop.usage("--reason has \(count) characters; give 1 to 500")
    }
    guard reason.contains(where: { !$0.isWhitespace }) else {
      throw Stop.usage("--reason is blank; say why personal texts are opened")
    }
  }

  /// Records the access, and returns the keys; `nil` where personal texts stay sealed.
  ///
  /// - Parameters:
  ///   - tenant: all of the log's tenants if `nil`.
  ///   - what: what is opened, such as `case/sca_9`.
  func vault(
    of folder: DataFolder, _ kind: AccessKind, tenant: TenantID?, what: String
  ) throws -> PersonalVault? {
    guard reason != nil else { return nil }
    guard let keys = try folder.personalKeysForReading() else {
      throw Stop.unable(
        "\(folder.keys) has no personal keys that this user may read, so nothing can be opened")
    }
    let tenants = try tenant.map { [$0] } ?? folder.registeredTenants()
    try record(in: folder, kind, tenants, what: what)
    return keys.vault
  }

  /// Records the access to texts of these tenants; nothing where they stay sealed.
  func record(
    in folder: DataFolder, _ kind: AccessKind, _ tenants: [TenantID], what: String
  ) throws {
    guard let reason else { return }
    try folder.record(
      tenants.map { tenant in
        SystemEntry { id in
          .recordAccess(
            RecordAccess(
              recordID: id, kind: kind, tenant: tenant, what: what.asLabel,
              reason: reason, way: .commandLine, by: Actor(ofProcessOf: getuid())))
        }
      })
  }
}

extension String {
  /// Of a longer text, the beginning: a label has up to 500 code points.
  var asLabel: String { String(unicodeScalars.prefix(500)) }
}
