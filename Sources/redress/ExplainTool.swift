// redress explain: how an amount or an outcome came about, from the log alone.

import Audit
import EventLog
import EventSourcing
import Events
import JSON
import Node

struct ExplainTool: CommandLineTool {
  static let name = "explain"
  static let summary = "Shows how an amount or an outcome came about."
  static let help = """
    Shows how an amount or an outcome came about, in tables that a pocket calculator can check, and
    what happened. It reads only the log, and leaves personal texts out.

    Usage: redress explain --data DIR [--tenant T] [--format F] KIND ID [--case C]

      refund ID      each amount's derivation, approvals and attempts to pay
      return ID      which rule of the policy decided on each line, the estimate, the inspection
      order ID       what it costs by line, its payments, its balance event by event, units
      case ID        its course, its targets with the business hours counted, its refunds, returns,
                     holds and chargebacks
      chargeback ID  what it claimed, what was covered, and the balance before and after; name its
                     case with --case
      policy ID      the policy's decision on a return, named by its ID or that of its refund: every
                     condition with the fact it looked at, the actions, who approved; return/ID or
                     refund/ID where both exist
      position P     any one event: who, when, by which command, what it changed, and for a refused
                     command the rule and its facts

      --data DIR     the data folder; a service may be running on it
      --tenant T     the tenant; required when several tenants use this ID
      --case C       the case of a chargeback
      --format F     text (default), or json: one object

    Examples:
      redress explain --data ./data refund srf_8Q2
      redress explain --data ./data order 1001 --format json | jq .facts

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal, or contradicts
    itself; 2 invalid command line; 3 there is no such thing, or the folder could not be read.
    """

  private enum Format: String, CaseIterable { case text, json }

  private let folder: DataFolder
  private let tenant: TenantID?
  private let subject: ExplainedSubject
  private let format: Format
  /// The kind and the id, as errors name them.
  private let what: String

  init(_ arguments: inout Arguments) throws {
    let folder = try DataFolder(existing: arguments.dataFolder())
    self.folder = folder
    tenant = try arguments.option("--tenant").map { name in
      guard let tenant = TenantID(name) else { return try folder.tenant(named: name) }
      return tenant
    }
    let caseID = try arguments.option("--case")
    format = try arguments.choice("--format") ?? .text
    let words = try arguments.rest()
    guard words.count == 2 else {
      throw Stop.usage("name one of \(Self.kinds) and its ID, such as refund srf_8Q2")
    }
    what = words.joined(separator: " ")
    subject = try Self.subject(words[0], words[1], case: caseID)
  }

  private static let kinds = "refund, return, order, case, chargeback, policy, position"

  private static func subject(
    _ kind: String, _ text: String, case caseText: String?
  ) throws -> ExplainedSubject {
    guard kind == "chargeback" || caseText == nil else {
      throw Stop.usage("--case \(caseText ?? "") goes with a chargeback only; leave it out")
    }
    switch kind {
    case "refund": return .refund(try id(text, kind))
    case "return": return .return(try id(text, kind))
    case "order": return .order(try id(text, kind))
    case "case": return .supportCase(try id(text, kind))
    case "chargeback":
      guard let caseText else {
        throw Stop.usage("--case is missing: name the case of chargeback \(text)")
      }
      return .chargeback(try id(text, kind), try id(caseText, "case"))
    case "policy": return .policy(of: try policyCandidates(text))
    case "position":
      guard let position = UInt64(text) else {
        throw Stop.usage("position \(text) is not a whole number from 0")
      }
      return .event(Position(position))
    default: throw Stop.usage("\(kind) cannot be explained; name one of \(kinds)")
    }
  }

  /// `ID` may be a return or a refund; `return/ID` and `refund/ID` say which.
  private static func policyCandidates(_ text: String) throws -> Set<Subject> {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    switch parts.count == 2 ? parts[0] : nil {
    case "return": return [.return(try id(parts[1], "return"))]
    case "refund": return [.refund(try id(parts[1], "refund"))]
    default: return [.return(try id(text, "return")), .refund(try id(text, "return or refund"))]
    }
  }

  private static func id<ID: Identifier>(_ text: String, _ kind: String) throws -> ID {
    guard let id = ID(text) else {
      throw Stop.usage("\(text) is not a valid \(kind) id: 1 to 64 of A-Z a-z 0-9 _ -")
    }
    return id
  }

  func run() throws -> ExitCode {
    let report: ExplanationReport
    do {
      report = try Explainer(StoredStreams(in: folder, of: tenant, what)).explain(subject)
    } catch let error as LogError {
      throw Stop(error)
    } catch let error as ExplanationError {
      switch error {
      case .inconsistent: throw Stop(code: .wrong, message: "\(error)")
      case .ambiguous: throw Stop.usage("\(error)")
      case .notFound:
        // Which tenants there are takes longer than all the rest, so it is asked last.
        if let tenant { _ = try folder.tenant(named: tenant.rawValue) }
        throw Stop.unable("\(error)")
      }
    }
    switch format {
    case .text: try Output.write(report.text)
    case .json: try Output.write(report.json.json + [UInt8(ascii: "\n")])
    }
    return .success
  }
}
