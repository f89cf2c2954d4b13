// redress receipt: all events of a refund in one file that proves them.

import EventSourcing
import Events
import Foundation
import Node

struct ReceiptTool: CommandLineTool {
  static let name = "receipt"
  static let summary = "Writes all events of a refund with their proofs into one file."
  static let help = """
    Writes a refund's receipt: every event of its stream, the proof that each is in the history
    (C2SP tlog-proof), the signed checkpoint that the proofs lead to, and the JSON Schemas of the
    events. The log's public key is enough to check it, without Redress and without the log.

    Usage: redress receipt --data DIR [--tenant T] [--out FILE] REFUND

      --data DIR     the data folder; a service may be running on it
      --tenant T     the tenant; required when there are several
      --out FILE     the file; TENANT-REFUND.receipt.json by default

    Examples:
      redress receipt --data ./data --tenant acme srf_8Q2
      tools/verify-log --receipt acme-srf_8Q2.receipt.json --key @keys.txt

    Exit codes: 0 done; 2 invalid command line; 3 there is no receipt, with the reason: no such
    refund, a history that cannot be signed, no keys.
    """

  private let folder: DataFolder
  private let tenant: String?
  private let refund: RefundID
  private let file: String?

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    tenant = try arguments.option("--tenant")
    file = try arguments.option("--out")
    let words = try arguments.rest()
    guard words.count == 1 else { throw Stop.usage("name one REFUND") }
    guard let refund = RefundID(words[0]) else {
      throw Stop.usage("\(words[0]) is not a refund id: 1 to 64 of A-Z a-z 0-9 _ -")
    }
    self.refund = refund
  }

  func run() throws -> ExitCode {
    let tenant = try folder.tenant(named: tenant)
    let receipt = try folder.withProofs { try $0.answer(.receipt(tenant, refund)) }
    try Output.save(receipt, to: file ?? "\(tenant)-\(refund).receipt.json")
    return .success
  }
}
