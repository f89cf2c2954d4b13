// redress replay: prints the log's lines as they were written.

import EventLog
import EventSourcing
import Foundation
import Node

struct ReplayTool: CommandLineTool {
  static let name = "replay"
  static let summary = "Prints the history, one event on each line."
  static let help = """
    Prints the recorded events as they were written, one on each line.

    Usage: redress replay --data DIR [--tenant T] [--from P] [--to P]

      --data DIR     the data folder; a service may be running on it
      --tenant T     only this tenant's events
      --from P       only events from this position on
      --to P         only events up to and including this position

    Each tenant has its own positions, so --from and --to need --tenant when there are several.

    Example:
      redress replay --data ./data --tenant acme --from 40 --to 60 | jq .type

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal; 2 invalid command
    line; 3 the folder could not be read, or there is no such tenant or position.
    """

  private let folder: DataFolder
  private let tenant: String?
  private let positions: ClosedRange<UInt64>
  private let isRange: Bool

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.required("--data"))
    tenant = try arguments.option("--tenant")
    let from = try arguments.number("--from")
    let to = try arguments.number("--to")
    isRange = from != nil || to != nil
    let (first, last) = (UInt64(from ?? 0), UInt64(to ?? Int.max))
    guard first <= last else { throw Stop.usage("--from \(first) comes after --to \(last)") }
    positions = first...last
  }

  func run() throws -> ExitCode {
    try readingLog {
      let tenant = try tenant.map { try folder.tenant(named: $0) }
      let reader = try LogReader(folder: folder.log)
      var output: [UInt8] = []
      var seen: TenantID?
      var isFound = false
      try reader.forEachCommit(upTo: nil) { commit in
        if let tenant, commit.tenant != tenant { return true }
        if isRange, tenant == nil, let seen, seen != commit.tenant {
          throw Stop.usage(
            "there are several tenants, \(seen) and \(commit.tenant): choose one with --tenant")
        }
        seen = commit.tenant
        var position = commit.firstPosition.value
        commit.forEachLine { line in
          if positions.contains(position) {
            isFound = true
            output.append(contentsOf: line)
            output.append(UInt8(ascii: "\n"))
          }
          position += 1
        }
        if output.count > 1 << 16 {
          try write(&output)
        }
        return tenant == nil || position <= positions.upperBound
      }
      try write(&output)
      guard isFound || !isRange else {
        throw Stop.unable("there is no event from position \(positions.lowerBound) on")
      }
      return .success
    }
  }

  private func write(_ output: inout [UInt8]) throws {
    try Output.write(output)
    output.removeAll(keepingCapacity: true)
  }
}

/// Runs what reads a log; its errors end the command as ``Stop/init(_:)`` says.
func readingLog(_ body: () throws -> ExitCode) throws -> ExitCode {
  do { return try body() } catch let error as LogError { throw Stop(error) }
}

extension Stop {
  /// Damage is a finding of the command (exit code 1); every other error is a failure (3).
  init(_ error: LogError) {
    if case .damaged = error {
      self.init(code: .wrong, message: error.description)
    } else {
      self.init(code: .unable, message: error.description)
    }
  }
}
