// redress checkpoint: signs what a tenant's history has come to.

import EventLog
import EventSourcing
import Foundation
import Node

struct CheckpointTool: CommandLineTool {
  static let name = "checkpoint"
  static let summary = "Signs and prints what a tenant's history has come to."
  static let help = """
    Signs what a tenant's history has come to, its size and the root of its Merkle tree, and prints
    the signed note (C2SP tlog-checkpoint). It is kept in DIR/log/checkpoints first. A history that
    does not extend the one signed last is never signed.

    Usage: redress checkpoint --data DIR [--tenant T]

      --data DIR     the data folder; a service may be running on it
      --tenant T     the tenant; every tenant if not given

    Example:
      redress checkpoint --data ./data --tenant acme

    Exit codes: 0 done; 2 the command line was not understood; 3 it was not signed, with the reason.
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
    let notes = try ProofRequest.answers(to: tenants.map { .checkpoint($0) }, in: folder)
    let separator = [UInt8(ascii: "\n")]
    try Output.write(notes.joined(separator: separator))
    return .success
  }
}
