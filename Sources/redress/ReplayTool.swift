// redress replay: prints the log's events, all or those that are asked for.

import Curl
import EventLog
import EventSourcing
import Events
import Foundation
import Node
import PersonalData

struct ReplayTool: CommandLineTool {
  static let name = "replay"
  static let summary = "Prints the history, one event on each line."
  static let help = """
    Prints the recorded events as they were written, one on each line.

    Usage: redress replay --data DIR [--tenant T] [--from P] [--to P] [--stream S] [--type T]
                          [--actor A] [--since TIME] [--until TIME] [--format F] [--follow]
                          [--open --reason TEXT]

      --data DIR     the data folder; a service may be running on it
      --tenant T     only this tenant's events
      --from P       only events from this position on
      --to P         only events up to and including this position
    \(EventFilter.help)
      --format F     json (default): the lines as they were written; text: a table;
                     csv (RFC 4180); cloudevents: one JSON array of all events
      --follow       goes on with what a running service records, until it stops
    \(Opening.help)

    An event must pass every condition. --stream, --type and --actor may be given several times;
    then one of them must match. Each tenant has its own positions, so --from and --to need
    --tenant when there are several. Without --open nothing is recorded: reading the log leaves no
    trace. The service's own history is printed with --tenant _system.

    Examples:
      redress replay --data ./data --tenant acme --from 40 --to 60 | jq .type
      redress replay --data ./data --stream case/sca_9 --open --reason "Complaint 17"
      redress replay --data ./data --actor agent/kim --type RefundApproved --since 2026-01-01 \
    --format text

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal; 2 invalid command
    line; 3 the folder could not be read, no service is running to be followed, or there is no such
    tenant or position, or the opening of personal texts could not be recorded.
    """

  private let folder: DataFolder
  private let tenant: String?
  private let positions: ClosedRange<UInt64>
  private let isRange: Bool
  private let filter: EventFilter
  private let format: EventPrinter.Format
  private let isFollowing: Bool
  private let opening: Opening

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    tenant = try arguments.option("--tenant")
    let from = try arguments.number("--from")
    let to = try arguments.number("--to")
    isRange = from != nil || to != nil
    let (first, last) = (UInt64(from ?? 0), UInt64(to ?? Int.max))
    guard first <= last else { throw Stop.usage("--from \(first) comes after --to \(last)") }
    positions = first...last
    filter = try EventFilter(&arguments)
    format = try arguments.choice("--format") ?? .json
    isFollowing = try arguments.flag("--follow")
    opening = try Opening(&arguments)
    if isFollowing, to != nil || format == .cloudevents {
      throw Stop.usage("--follow has no end: leave out --to and --format cloudevents")
    }
  }

  func run() throws -> ExitCode {
    try readingLog {
      let tenant = try tenant.map { try folder.tenant(named: $0) }
      // They are recorded with the vault; the history may have more of them before it is read.
      let tenants =
        opening.reason == nil ? [] : try LogSummary(folder: folder.log).tenants.map(\.name)
      let vault = try opening.vault(
        of: folder, .personalTexts, tenant: tenant, what: filter.summary)
      var selection = Selection(of: self, tenant: tenant, recorded: Set(tenants), vault)
      if isFollowing {
        try follow(tenant, &selection)
      } else if let stream = filter.onlyStream {
        for event in try StreamReader(folder: folder.log, describe: describeLine)
          .events(of: stream, in: tenant).events
        {
          try event.line.withUnsafeBytes {
            try selection.take($0, at: event.position, of: event.tenant)
          }
        }
      } else {
        try readAll(tenant, &selection)
      }
      try selection.finish()
      return .success
    }
  }

  private func readAll(_ tenant: TenantID?, _ selection: inout Selection) throws {
    let reader = try LogReader(folder: folder.log)
    try reader.forEachCommit(upTo: nil) { commit in
      if tenant.map({ $0 != commit.tenant }) ?? commit.tenant.isReserved { return true }
      var position = commit.firstPosition
      try commit.forEachLine { line in
        try selection.take(line, at: position, of: commit.tenant)
        position = position.advanced(by: 1)
      }
      return tenant == nil || position.value <= positions.upperBound
    }
  }

  /// Reads the feed of the running service, which has the history from its beginning.
  private func follow(_ tenant: TenantID?, _ selection: inout Selection) throws {
    guard let holder = folder.holder(), let socket = holder.socket else {
      throw Stop.unable(
        "no service runs on \(folder.path), so nothing can follow; leave out --follow")
    }
    let scope = tenant.map { "&tenant=\($0)" } ?? ""
    var feed = FeedLines()
    var failure: (any Error)?
    let answer = try HTTPClient(socketPath: socket).stream(
      target: "/v1/events?follow=true\(scope)"
    ) { bytes in
      do {
        let goesOn = try feed.take(bytes) { line, _ in
          let header = try EventHeader(line: line)
          try selection.take(line, at: header.position, of: header.tenant)
          return true
        }
        try selection.flush()
        return goesOn
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    guard answer.isSuccess else { throw Stop.unable("the service answered \(answer.status)") }
    say("the service has stopped")
  }

  /// What is printed of the events that are read.
  private struct Selection {
    private let tool: ReplayTool
    private let tenant: TenantID?
    private var printer: EventPrinter
    private var seen: TenantID?
    /// The tenants whose opened texts are recorded.
    private var recorded: Set<TenantID>
    private var isFound = false

    init(
      of tool: ReplayTool, tenant: TenantID?, recorded: Set<TenantID>, _ vault: PersonalVault?
    ) {
      self.tool = tool
      self.recorded = recorded
      self.tenant = tenant
      printer = EventPrinter(tool.format, opening: vault)
    }

    mutating func take(
      _ line: UnsafeRawBufferPointer, at position: Position, of owner: TenantID
    ) throws {
      if tool.isRange, tenant == nil, let seen, seen != owner {
        throw Stop.usage(
          "there are several tenants, \(seen) and \(owner): choose one with --tenant")
      }
      seen = owner
      guard tool.positions.contains(position.value) else { return }
      let header =
        tool.filter.isEmpty && !printer.needsHeader ? nil : try EventHeader(line: line)
      if let header, !tool.filter.selects(header) { return }
      isFound = true
      // A tenant that was registered since then is recorded before its first event is printed.
      if recorded.insert(owner).inserted {
        try tool.opening.record(
          in: tool.folder, .personalTexts, [owner], what: tool.filter.summary)
      }
      try printer.print(line, header)
    }

    mutating func flush() throws { try printer.flush() }

    mutating func finish() throws {
      try printer.finish()
      if isFound { return }
      if !tool.filter.isEmpty { return say("no event passes every condition") }
      if tool.isRange {
        throw Stop.unable("there is no event from position \(tool.positions.lowerBound) on")
      }
    }
  }
}

/// Runs what reads a log; its errors end the command as ``Stop/init(_:)`` says.
func readingLog<R>(_ body: () throws -> R) throws -> R {
  do { return try body() } catch let error as LogError { throw Stop(error) }
}

extension Stop {
  /// Damage is a finding of the command (exit code 1); every other error is a failure (3).
  init(_ error: LogError) {
    if case .damaged = error {
      self.init(code: .wrong, message: "\(error)")
    } else {
      self.init(code: .unable, message: "\(error)")
    }
  }
}
