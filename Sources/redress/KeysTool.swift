// redress keys: the keys that sign checkpoints.

import EventLog
import EventSourcing
import Transparency

struct KeysTool: CommandLineTool {
  static let name = "keys"
  static let summary = "Makes, shows or rotates the keys that sign checkpoints."
  static let help = """
    Makes, shows or rotates the keys that sign checkpoints. What is shown is public: the vkey of each
    tenant's origin (C2SP signed-note), which anybody needs to check a checkpoint or a proof.

    Usage: redress keys generate --data DIR [--log-name NAME]
           redress keys show --data DIR
           redress keys rotate --data DIR

      --data DIR        the data folder
      --log-name NAME   the first part of every origin, chosen once; redress if not given

    A rotated key signs nothing any more and still verifies what it signed. Rotate while no service
    runs on the folder. The first start of a service makes a key if there is none.

    Example:
      redress keys show --data ./data

    Exit codes: 0 done; 2 the command line was not understood; 3 it could not be done.
    """

  private enum Verb {
    case generate(String?)
    case show, rotate
  }

  private let folder: DataFolder
  private let verb: Verb

  init(_ arguments: inout Arguments) throws {
    let data = try arguments.required("--data")
    let logName = try arguments.option("--log-name")
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
    case let other?: throw Stop.usage("\(other) is neither generate, show nor rotate")
    case nil: throw Stop.usage("say generate, show or rotate")
    }
    if case .generate = verb { return }
    if logName != nil { throw Stop.usage("--log-name belongs to generate") }
  }

  func run() async throws -> ExitCode {
    switch verb {
    case .generate(let name): _ = try LogKeys(opening: folder, name: name)
    case .show: break
    case .rotate:
      try folder.lock(socket: "")
      _ = try KeyFolder(path: folder.keys).rotate()
    }
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
