// redress backtest: what other windows, limits, fees or rules would have decided.

import Audit
import EventLog
import EventSourcing
import Foundation
import JSON
import Node

struct BacktestTool: CommandLineTool {
  static let name = "backtest"
  static let summary = "Shows what other windows, limits or rules would have decided."
  static let help = """
    Replays the history and decides every request and approval again, from the states and facts of
    then, under changed settings: what was allowed and would be refused, what was refused and would
    be allowed, and what would come to another amount, added up by currency, rule, reason and
    customer group. It says what could not be replayed and why. It reads only the log's files and
    writes nothing; no service is needed.

    Usage: redress backtest --data DIR --policy FILE [--tenant T] [--from P] [--to P]
                            [--format FORMAT]

      --data DIR       the data folder; a service may be running on it
      --policy FILE    what changes, as one JSON object; - for standard input
      --tenant T       only this tenant; all by default
      --from P         replay only decisions from this position or recorded time on
      --to P           replay only decisions up to and including this position or recorded time;
                       a day alone, such as 2026-01-16, is all of it, in UTC
      --format FORMAT  text, json or csv; text by default

    FILE has one or more of returnWindowDays, autoApproveLimit, agentApprovalLimit and fourEyes as
    in ChangeTenantSettings, policy as in DefinePolicy, and returnSettings with reasons as in
    ChangeReturnSettings. What it does not name stays as it was at each time.

    Example:
      echo '{"returnWindowDays":30}' | redress backtest --data ./data --policy -

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal, or a history that
    cannot be; 2 invalid command line or FILE; 3 a folder or FILE could not be read, or there is no
    such tenant or span.
    """

  private enum Format: String, CaseIterable { case text, json, csv }

  private let folder: DataFolder
  private let change: BacktestChange
  private let part: AuditedPart
  private let format: Format

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    let file = try arguments.required("--policy")
    part = try AuditedPart(of: folder, &arguments)
    format = try arguments.choice("--format") ?? .text
    do { change = try BacktestChange(json: Self.read(file)) } catch let error as JSONError {
      throw Stop.usage("--policy \(file): \(error)")
    }
  }

  private static func read(_ file: String) throws -> [UInt8] {
    if file == "-" { return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data()) }
    do { return [UInt8](try Data(contentsOf: URL(filePath: file))) } catch {
      throw Stop.unable("cannot read --policy \(describe(error))")
    }
  }

  func run() throws -> ExitCode {
    let progress = ProgressLine()
    defer { progress.clear() }
    return try replayingHistory {
      var configuration = Backtest.Configuration(
        logFolder: folder.log, build: try programDigest(), change: change)
      (configuration.tenant, configuration.from, configuration.to) = (
        part.tenant, part.from, part.to
      )
      let backtest = Backtest(configuration)
      let report: BacktestReport
      do { report = try backtest.run { progress.show("\($0) events replayed") } } catch {
        guard let error = error as? BacktestError else { throw error }
        throw Stop.usage("--policy: \(error)")
      }
      progress.clear()
      try part.requireExamined(report.tenants)
      try Output.write(text(of: report).utf8)
      return .success
    }
  }

  private func text(of report: BacktestReport) -> String {
    switch format {
    case .text: report.text.description
    case .json: String(decoding: report.json.json, as: UTF8.self) + "\n"
    case .csv: report.csv
    }
  }
}
