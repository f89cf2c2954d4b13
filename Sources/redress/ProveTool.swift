// redress prove: proves that an event is in a history, or that one history continues another.

import EventSourcing
import Foundation
import Node

struct ProveTool: CommandLineTool {
  static let name = "prove"
  static let summary = "Writes a proof that an event is in a tenant's history."
  static let help = """
    Writes a self-contained proof (C2SP tlog-proof): the log's public key and the event's line are
    enough to check it, without Redress and without the log. With --consistency, prints a proof
    that the history of the old size is a prefix of the history of the new size (RFC 6962).

    Usage: redress prove --data DIR [--out FILE] TENANT POSITION
           redress prove --data DIR --consistency TENANT OLD NEW

      --data DIR       the data folder; a service may be running on it
      --out FILE       the file of the proof; TENANT-POSITION.tlog-proof by default
      --consistency    prove that the first OLD of NEW events did not change

    Example:
      redress prove --data ./data acme 41

    Exit codes: 0 done; 2 invalid command line; 3 there is no proof, with the reason.
    """

  private let folder: DataFolder
  private let request: ProofRequest
  private let file: String?

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    let isConsistency = try arguments.flag("--consistency")
    let out = try arguments.option("--out")
    let words = try arguments.rest()
    func number(_ text: String) throws -> UInt64 {
      guard let number = UInt64(text) else {
        throw Stop.usage("\(text) is not a whole number from 0")
      }
      return number
    }
    guard words.count == (isConsistency ? 3 : 2) else {
      throw Stop.usage(isConsistency ? "name TENANT OLD NEW" : "name TENANT POSITION")
    }
    let tenant = try folder.tenant(named: words[0])
    if isConsistency {
      request = .consistency(tenant, old: try number(words[1]), new: try number(words[2]))
      file = out
    } else {
      request = .proof(tenant, Position(try number(words[1])))
      file = out ?? "\(tenant)-\(words[1]).tlog-proof"
    }
  }

  func run() throws -> ExitCode {
    let proof = try folder.withProofs { try $0.answer(request) }
    if let file {
      try Output.save(proof, to: file)
    } else {
      try Output.write(proof)
    }
    return .success
  }
}
