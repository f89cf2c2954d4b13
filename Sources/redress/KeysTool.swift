// redress keys: the keys that sign checkpoints and those that encrypt personal data.

import EventLog
import EventSourcing
import Events
import Node
import Operations
import PersonalData
import Transparency

struct KeysTool: CommandLineTool {
  static let name = "keys"
  static let summary =
    "Shows, rotates and copies the signing and encryption keys; stores the secrets of shops."
  static let help = """
    Shows or rotates the keys that sign checkpoints. The output is public: the vkey of each tenant's
    origin (C2SP signed-note), which checks a checkpoint or a proof.

    Usage: redress keys show --data DIR
           redress keys rotate --data DIR [--master]
           redress keys personal --data DIR
           redress keys backup --data DIR FOLDER
           redress keys shopify --data DIR --tenant NAME [--access-token] <SECRET
           redress keys shopify --data DIR --tenant NAME --access-token --show

      --data DIR      the data folder
      --master        rotate the master key instead: the key of each person is wrapped with the
                      new master key, and the old one is deleted
      --tenant NAME   the tenant whose shop has the secret
      --access-token  the secret is the access token of the shop's API
      --show          print the access token

    A retired key signs no new checkpoint and still verifies the old ones. Rotation requires that no
    service runs on the folder. redress init creates the first keys.

    personal shows how many persons have a key and how many were erased. backup copies all keys,
    also those of a running service, and replaces an earlier copy. Make a copy after each erasure:
    restore refuses keys that are older than an erasure.

    shopify reads a secret from standard input and stores it, encrypted with the master key: the
    secret that signs the webhooks of the tenant's shop, or the access token of its API. A service
    may be running. --show prints the token, for the program that imports orders.

    rotate, backup and shopify are recorded in the tenant _system, with the user who did it.

    Example:
      redress keys show --data ./data

    Exit codes: 0 done; 2 invalid command line; 3 the command failed.
    """

  private enum Verb {
    case show, rotate, rotateMaster, personal
    case backup(String)
    case shopify(TenantID, ShopSecret, isShown: Bool)
  }

  private let folder: DataFolder
  private let verb: Verb

  init(_ arguments: inout Arguments) throws {
    let data = try arguments.dataFolder()
    let tenant = try arguments.option("--tenant")
    let isMaster = try arguments.flag("--master")
    let isToken = try arguments.flag("--access-token")
    let isShown = try arguments.flag("--show")
    switch arguments.word() {
    case "show":
      folder = try DataFolder(existing: data)
      verb = .show
    case "rotate":
      folder = try DataFolder(existing: data)
      verb = isMaster ? .rotateMaster : .rotate
    case "personal":
      folder = try DataFolder(existing: data)
      verb = .personal
    case "backup":
      folder = try DataFolder(existing: data)
      guard let target = arguments.word() else {
        throw Stop.usage("FOLDER is missing: the folder of the copy")
      }
      verb = .backup(target)
    case "shopify":
      guard let tenant else { throw Stop.usage("--tenant is missing") }
      guard let id = TenantID(tenant) else {
        throw Stop.usage(
          "--tenant \(tenant) is not an identifier: 1 to 64 of A–Z a–z 0–9 _ -")
      }
      guard isToken || !isShown else {
        throw Stop.usage(
          "--show shows an --access-token; the secret that signs webhooks is never shown")
      }
      folder = try DataFolder(existing: data)
      verb = .shopify(id, isToken ? .accessToken : .webhook, isShown: isShown)
    case let other?:
      throw Stop.usage("\(other) is neither show, rotate, personal, backup nor shopify")
    case nil: throw Stop.usage("name one of show, rotate, personal, backup and shopify")
    }
    if tenant != nil || isToken || isShown {
      guard case .shopify = verb else {
        throw Stop.usage("--tenant, --access-token and --show belong to shopify")
      }
    }
    if isMaster {
      guard case .rotateMaster = verb else { throw Stop.usage("--master belongs to rotate") }
    }
  }

  func run() throws -> ExitCode {
    switch verb {
    case .show: break
    case .shopify(let tenant, let which, let isShown):
      return try isShown ? show(which, of: tenant) : keep(which, of: tenant)
    case .rotate:
      _ = try LogKeys.required(in: folder)
      try folder.lock(socket: nil)
      try folder.appendHolding(.signingKeyRotated, "the key that signs checkpoints")
      _ = try KeyFolder(path: folder.keys).rotate()
    case .rotateMaster:
      try folder.lock(socket: nil)
      try folder.appendHolding(.masterKeyRotated, "the key that wraps personal keys")
      try PersonalKeyFolder(path: folder.keys).rotate()
      try Output.print(
        "every personal key is wrapped with a new master key; the old one is deleted")
      return .success
    case .personal: return try personal()
    case .backup(let target):
      try folder.record(.keysCopied, "to \(target)")
      try KeyCopy.copy(from: folder.keys, to: target)
      try Output.print("keys copied to \(target), replacing any earlier copy")
      return .success
    }
    return try show()
  }

  /// Reads the secret from standard input, because all users of the machine see a command line.
  private func keep(_ which: ShopSecret, of tenant: TenantID) throws -> ExitCode {
    guard try LogSummary(folder: folder.log).tenants.contains(where: { $0.name == tenant }) else {
      throw Stop.unable("there is no tenant \(tenant) in \(folder.path)")
    }
    let secret = readLine(strippingNewline: true) ?? ""
    guard ShopSecret.byteCounts.contains(secret.utf8.count) else {
      throw Stop.unable(
        "a secret has 1 to \(ShopSecret.byteCounts.upperBound) bytes; standard input has "
          + "\(secret.utf8.count) in its first line")
    }
    let keys = PersonalKeyFolder(path: folder.keys)
    try folder.record(.shopSecretStored, "the \(which.rawValue) secret of \(tenant)")
    try keys.keep(Array(secret.utf8), as: which, of: tenant)
    try Output.print(
      "stored in \(keys.path(of: which, of: tenant))"
        + (which == .webhook ? "; it applies from the next webhook on" : ""))
    return .success
  }

  private func show(_ which: ShopSecret, of tenant: TenantID) throws -> ExitCode {
    guard let secret = try PersonalKeyFolder(path: folder.keys).secret(which, of: tenant) else {
      throw Stop.unable("\(folder.keys) has no access token of \(tenant)")
    }
    try folder.record(.shopSecretShown, "the \(which.rawValue) secret of \(tenant)")
    try Output.write(secret + [UInt8(ascii: "\n")])
    return .success
  }

  private func show() throws -> ExitCode {
    let log = try LogKeys.required(in: folder)
    let tenants = try folder.registeredTenants()
    if tenants.isEmpty {
      try Output.print("there is no tenant yet; a tenant's vkey follows from its name")
    }
    for tenant in tenants {
      for (index, key) in log.keys.verifierKeys(origin: "\(log.name)/\(tenant)").enumerated() {
        try Output.print("\(key.vkey)\(index == 0 ? "" : "  (retired)")")
      }
    }
    return .success
  }

  private func personal() throws -> ExitCode {
    guard let (_, store) = try folder.personalKeysForReading() else {
      throw Stop.unable(
        "\(folder.keys) has no personal keys; put a copy made by redress keys backup there")
    }
    let counts = try store.counts()
    if counts.isEmpty { try Output.print("no person has a key yet") }
    try Output.print(
      Table(["TENANT", "KEYS", "ERASED"], right: [1, 2])
        .text(counts.map { [$0.tenant.rawValue, "\($0.keys)", "\($0.erased)"] }))
    return .success
  }
}
