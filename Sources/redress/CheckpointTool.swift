// redress checkpoint: signs the current size and root hash of a tenant's history.

import EventLog
import EventSourcing
import Foundation
import Node

struct CheckpointTool: CommandLineTool {
  static let name = "checkpoint"
  static let summary = "Signs and prints a checkpoint of a tenant's history."
  static let help = """
    Signs a checkpoint, the size of a tenant's history and the root of its Merkle tree, and prints
    the signed note (C2SP tlog-checkpoint) after storing it in DIR/log/checkpoints. A history that
    does not extend the last signed one is never signed.

    Usage: redress checkpoint --data DIR [--tenant T]

      --data DIR     the data folder; a service may be running on it
      --tenant T     the tenant; every tenant if not given

    Example:
      redress checkpoint --data ./data --tenant acme

    Exit codes: 0 done; 2 invalid command line; 3 nothing was signed, with the reason.
    """

  private let folder: DataFolder
  private let tenant: String?

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.required("--data"))
    tenant = try arguments.option("--tenant")
  }

  func run() throws -> ExitCode {
    let tenants =
      try tenant.map { [try folder.tenant(named: $0)] }
      ?? LogSummary(folder: folder.log).tenants.map(\.name)
    let notes = try folder.withProofs { source in
      try tenants.map { try source.answer(.checkpoint($0)) }
    }
    let separator = [UInt8(ascii: "\n")]
    try Output.write(notes.joined(separator: separator))
    return .success
  }
}
