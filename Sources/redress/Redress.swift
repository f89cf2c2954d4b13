// The command line: finds the subcommand, prints its help, runs it and ends with its exit code.

import EventSourcing
import Foundation
import Node
import Service

/// A subcommand.
protocol CommandLineTool: Sendable {
  static var name: String { get }
  static var summary: String { get }
  static var help: String { get }

  init(_ arguments: inout Arguments) throws

  func run() throws -> ExitCode
}

/// How a run ended.
enum ExitCode: Int32 {
  case success = 0
  /// A check failed: damage, a refused command, another digest.
  case wrong = 1
  /// The command line is invalid.
  case usage = 2
  /// The command failed: no such folder, no service, no permission.
  case unable = 3
  /// The service stopped to protect the history: a write failed, or the history contradicts itself.
  case fatal = 70
}

/// An error that ends the run with a message on standard error.
struct Stop: Error {
  var code: ExitCode
  var message: TerminalText

  static func unable(_ message: TerminalText) -> Stop { Stop(code: .unable, message: message) }
  static func usage(_ message: TerminalText) -> Stop { Stop(code: .usage, message: message) }
}

@main
enum Redress {
  static let tools: [any CommandLineTool.Type] = [
    InitTool.self, ServeTool.self, LoginTool.self, SubmitTool.self, ReplayTool.self,
    ExplainTool.self,
    TrailTool.self, AsOfTool.self, VerifyTool.self, AuditTool.self, BacktestTool.self,
    CheckpointTool.self, ProveTool.self, ReceiptTool.self, MonitorTool.self, KeysTool.self,
    ProjectionsTool.self, ClockTool.self, LogTool.self, SettingsTool.self, BackupTool.self,
    RestoreTool.self,
    StatusTool.self, DoctorTool.self, CompletionsTool.self, ManTool.self,
  ]

  static func main() {
    signal(SIGPIPE, SIG_IGN)
    var words = Array(CommandLine.arguments.dropFirst())
    guard let first = words.first else {
      show(help)
      exit(ExitCode.usage.rawValue)
    }
    words.removeFirst()
    do { try run(first, words) } catch let stop as Stop { end(stop) } catch {
      end(.unable("\(describe(error))"))
    }
  }

  private static func run(_ first: String, _ words: [String]) throws -> Never {
    switch first {
    case "--version":
      show("redress \(ProductVersion.text)")
      exit(ExitCode.success.rawValue)
    case "--help", "-h", "help":
      show(try words.first.map { try tool(named: $0).help } ?? help)
      exit(ExitCode.success.rawValue)
    default: run(try tool(named: first), words)
    }
  }

  /// - Throws: a usage error that names the subcommand that was probably meant.
  static func tool(named name: String) throws -> any CommandLineTool.Type {
    if let tool = tools.first(where: { $0.name == name }) { return tool }
    let near = tools.map { $0.name }.nearest(to: name)
    let hint: TerminalText = near.map { "did you mean \($0)? See" } ?? "see"
    throw Stop.usage("there is no command \(name); \(hint) redress --help")
  }

  private static func run(_ tool: any CommandLineTool.Type, _ words: [String]) -> Never {
    if words.contains("--help") || words.contains("-h") {
      show(tool.help)
      exit(ExitCode.success.rawValue)
    }
    do {
      var arguments = Arguments(words)
      let run = try tool.init(&arguments)
      try arguments.finish()
      exit(try run.run().rawValue)
    } catch is Output.ReaderLeft {
      exit(ExitCode.success.rawValue)
    } catch let stop as Stop {
      end(stop, of: tool)
    } catch {
      end(.unable("\(describe(error))"), of: tool)
    }
  }

  /// All of it is written in the source.
  private static func show(_ help: String) { try? Output.write("\(help)\n".utf8) }

  private static func end(_ stop: Stop, of tool: (any CommandLineTool.Type)? = nil) -> Never {
    let hint: TerminalText =
      stop.code == .usage && tool != nil ? "\nSee redress \(tool?.name ?? "") --help." : ""
    say("\(stop.message)\(hint)")
    exit(stop.code.rawValue)
  }

  static var help: String {
    let width = tools.map { $0.name.count }.max() ?? 0
    let list = tools.map { tool in
      "  \(tool.name.padding(toLength: width + 2, withPad: " ", startingAt: 0))\(tool.summary)"
    }
    return """
      Redress records support cases, returns and refunds, and answers queries about them.

      Usage: redress COMMAND [OPTIONS]
             redress help [COMMAND]
             redress --version

      \(list.joined(separator: "\n"))

      redress COMMAND --help shows the options and an example.

      Exit codes: 0 done; 1 a check failed (damage, a refused command, another digest); 2 invalid
      command line; 3 the command failed; 70 the service stopped to protect the history: a write
      failed, or the history contradicts itself.
      """
  }
}

/// An error in one sentence: those of Foundation with the path and the system's reason.
func describe(_ error: any Error) -> String {
  guard let error = error as? CocoaError else { return String(describing: error) }
  return [error.filePath, error.systemReason ?? error.localizedDescription].compactMap { $0 }
    .joined(separator: ": ")
}

/// Writes a message for the operator to standard error.
func say(_ message: TerminalText) { sayPlainly(message) }
