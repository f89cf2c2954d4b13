// redress explain: how the amount of a refund or a return was derived, from the log alone.

import Domain
import EventLog
import EventSourcing
import Events
import Foundation
import Node

struct ExplainTool: CommandLineTool {
  static let name = "explain"
  static let summary = "Shows how the amount of a refund or a return was derived."
  static let help = """
    Shows how the amount of a refund or a return was derived, in a table that a pocket calculator
    can check, and what happened to it since. It reads only the log.

    Usage: redress explain --data DIR [--tenant T] refund|return ID

      --data DIR     the data folder; a service may be running on it
      --tenant T     the tenant; required when several tenants use this ID

    Example:
      redress explain --data ./data refund srf_8Q2

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal; 2 invalid command
    line; 3 there is no such refund or return, or the folder could not be read.
    """

  private let folder: DataFolder
  private let tenant: TenantID?
  /// `refund` or `return`.
  private let kind: String
  private let id: String

  init(_ arguments: inout Arguments) throws {
    let folder = try DataFolder(existing: arguments.required("--data"))
    self.folder = folder
    tenant = try arguments.option("--tenant").map { name in
      guard let tenant = TenantID(name) else { return try folder.tenant(named: name) }
      return tenant
    }
    let words = arguments.rest()
    guard words.count == 2, ["refund", "return"].contains(words[0]) else {
      throw Stop.usage("name refund ID or return ID")
    }
    guard RefundID.isValid(words[1].utf8) else {
      throw Stop.usage("\(words[1]) is not a valid \(words[0]) id")
    }
    (kind, id) = (words[0], words[1])
  }

  func run() throws -> ExitCode {
    let events = try history()
    guard let first = events.first else {
      // Which tenants there are takes longer than all the rest, so it is asked last.
      if let tenant { _ = try folder.tenant(named: tenant.rawValue) }
      throw Stop.unable("there is no \(kind) \(id)")
    }
    if let other = events.first(where: { $0.tenant != first.tenant }) {
      throw Stop.usage(
        "\(first.tenant) and \(other.tenant) both have a \(kind) \(id): choose one with --tenant"
      )
    }
    let text = kind == "refund" ? refund(events) : ExplainedReturn(events).text
    try Output.write("\(text)\n".utf8)
    return .success
  }

  /// The events of the refund or return, oldest first, by the log's index.
  private func history() throws -> [RecordedEvent] {
    let stream = StreamName("\(kind)/\(id)")
    let reader = StreamReader(folder: folder.log, describe: describeLine)
    let (events, route): ([StreamReader.Event], StreamReader.Route)
    do { (events, route) = try reader.events(of: stream, in: tenant) } catch { throw Stop(error) }
    if case .scan(let reason) = route {
      say("read the whole log because its index cannot be used: \(reason)")
    }
    return try events.map { event in
      try event.line.withUnsafeBytes { try RecordedEvent(line: $0) }
    }
  }

  private func refund(_ events: [RecordedEvent]) -> String {
    var blocks: [String] = []
    var currency: CurrencyCode?
    for recorded in events {
      let time = recorded.time
      switch recorded.event {
      case .refund(.refundRequested(let event)):
        currency = event.currency
        blocks.append(
          """
          Refund \(id) of order \(event.orderID), in case \(event.caseID)
          \(time) requested by \(event.requestedBy): \(event.reason)

          \(Derivation(of: event))

          """)
      case .refund(.refundAmended(let event)):
        guard let currency else { continue }
        blocks.append(
          """

          \(time) amended by \(event.amendedBy): \(event.reason)

          \(Derivation(of: event, in: currency))

          """)
      case .refund(.refundApproved(let event)):
        blocks.append(
          "\(time) approved \(Money(event.approvedAmount, event.currency)) by \(event.approvedBy)")
      case .refund(.refundExecuted(let event)):
        blocks.append(
          "\(time) paid \(Money(event.amount, event.currency)), \(event.settlementReference)")
      default: blocks.append("\(time) \(recorded.event.type) by \(recorded.actor)")
      }
    }
    return blocks.joined(separator: "\n")
  }
}
