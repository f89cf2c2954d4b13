// redress checkpoint: signs the current size and root hash of a tenant's history, and compares it
// with an earlier one.

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

    compare says whether the present history extends an earlier signed checkpoint that was kept
    elsewhere: the first events are the same, and none is missing. A fork prints both notes.

    Usage: redress checkpoint --data DIR [--tenant T]
           redress checkpoint compare --data DIR OLD

      OLD            a file with the earlier signed note, or - for standard input
      --data DIR     the data folder; a service may be running on it
      --tenant T     the tenant; every tenant if not given

    Examples:
      redress checkpoint --data ./data --tenant acme
      redress checkpoint compare --data ./data checkpoint-of-may.txt

    Exit codes: 0 done, and the history extends OLD; 1 it does not, or this log's key did not sign
    OLD; 2 invalid command line; 3 nothing was signed or read, with the reason.
    """

  private let folder: DataFolder
  private let tenant: String?
  private let comparison: CheckpointComparison?

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    tenant = try arguments.option("--tenant")
    let words = try arguments.rest()
    guard let first = words.first else {
      comparison = nil
      return
    }
    guard first == "compare" else { throw Stop.usage("\(first) is not compare OLD") }
    guard words.count == 2 else { throw Stop.usage("compare needs one OLD, a file or -") }
    guard tenant == nil else { throw Stop.usage("compare takes no --tenant: OLD names it") }
    comparison = CheckpointComparison(folder: folder, file: words[1])
  }

  func run() throws -> ExitCode {
    if let comparison { return try comparison.run() }
    let tenants =
      try tenant.map { [try folder.tenant(named: $0)] }
      ?? folder.registeredTenants()
    let notes = try folder.withProofs { source in
      try tenants.map { try source.answer(.checkpoint($0)) }
    }
    let separator = [UInt8(ascii: "\n")]
    try Output.write(notes.joined(separator: separator))
    return .success
  }
}
