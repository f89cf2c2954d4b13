// redress keys: the keys that sign checkpoints.

import EventLog
import EventSourcing
import Operations
import Transparency

struct KeysTool: CommandLineTool {
  static let name = "keys"
  static let summary =
    "Makes, shows or rotates the keys that sign checkpoints; keeps shops' secrets."
  static let help = """
    Makes, shows or rotates the keys that sign checkpoints. What is shown is public: the vkey of each
    tenant's origin (C2SP signed-note), which anybody needs to check a checkpoint or a proof.

    Usage: redress keys generate --data DIR [--log-name NAME]
           redress keys show --data DIR
           redress keys rotate --data DIR
           redress keys shopify --data DIR --tenant NAME <SECRET

      --data DIR        the data folder
      --log-name NAME   the first part of every origin, chosen once; redress if not given

    A rotated key signs nothing any more and still verifies what it signed. Rotate while no service
    runs on the folder. The first start of a service makes a key if there is none.

    shopify reads from standard input what the tenant's shop signs its webhooks with, and keeps it for a
    service that runs or does not.

    Example:
      redress keys show --data ./data

    Exit codes: 0 done; 2 the command line was not understood; 3 it could not be done.
    """

  private enum Verb {
    case generate(String?)
    case show, rotate
    case shopify(TenantID)
  }

  private let folder: DataFolder
  private let verb: Verb

  init(_ arguments: inout Arguments) throws {
    let data = try arguments.required("--data")
    let logName = try arguments.option("--log-name")
    let tenant = try arguments.option("--tenant")
    switch arguments.word() {
    case "generate":
      folder = try DataFolder(creating: data)
      verb = .generate(logName)
    case "show":
      folder = try DataFolder(existing: data)
      verb = .show
    case "rotate":
      folder = try DataFolder(existing: data)
      verb = .rotate
    case "shopify":
      guard let tenant else { throw Stop.usage("--tenant is missing") }
      guard let id = TenantID(tenant) else {
        throw Stop.usage("--tenant \(tenant) is no identifier of 1 to 64 of A–Z a–z 0–9 _ -")
      }
      folder = try DataFolder(existing: data)
      verb = .shopify(id)
    case let other?:
      throw Stop.usage("\(other) is neither generate, show, rotate nor shopify")
    case nil: throw Stop.usage("say generate, show, rotate or shopify")
    }
    if tenant != nil {
      guard case .shopify = verb else { throw Stop.usage("--tenant belongs to shopify") }
    }
    if case .generate = verb { return }
    if logName != nil { throw Stop.usage("--log-name belongs to generate") }
  }

  func run() async throws -> ExitCode {
    switch verb {
    case .generate(let name): _ = try LogKeys(opening: folder, name: name)
    case .show: break
    case .shopify(let tenant): return try keepSecret(of: tenant)
    case .rotate:
      try folder.lock(socket: "")
      _ = try KeyFolder(path: folder.keys).rotate()
    }
    return try show()
  }

  /// From standard input, since everybody on the machine can read a command line.
  private func keepSecret(of tenant: TenantID) throws -> ExitCode {
    guard try LogSummary(folder: folder.log).tenants.contains(where: { $0.name == tenant }) else {
      throw Stop.unable("there is no tenant \(tenant) in \(folder.path)")
    }
    let secret = readLine(strippingNewline: true) ?? ""
    guard WebhookSecrets.byteCounts.contains(secret.utf8.count) else {
      throw Stop.unable(
        "a secret has 1 to \(WebhookSecrets.byteCounts.upperBound) bytes, and standard input has "
          + "\(secret.utf8.count) in its first line")
    }
    let secrets = WebhookSecrets(folder: folder.keys)
    try secrets.keep(Array(secret.utf8), of: tenant)
    print("kept in \(secrets.path(of: tenant)); it counts from the next webhook on")
    return .success
  }

  private func show() throws -> ExitCode {
    guard let log = try LogKeys(existing: folder) else {
      throw Stop.unable("\(folder.keys) holds no keys yet: redress keys generate makes one")
    }
    let tenants = try LogSummary(folder: folder.log).tenants.map(\.name)
    if tenants.isEmpty { print("there is no tenant yet; each one's vkey follows from its name") }
    for tenant in tenants {
      for (index, key) in log.keys.verifierKeys(origin: "\(log.name)/\(tenant)").enumerated() {
        print(key.vkey + (index == 0 ? "" : "  (retired)"))
      }
    }
    return .success
  }
}
