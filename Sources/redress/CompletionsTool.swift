// redress completions: what a shell has to know to complete command lines.

import EventSourcing

struct CompletionsTool: CommandLineTool {
  static let name = "completions"
  static let summary = "Prints the completions of a shell."
  static let help = """
    Prints a script with which a shell completes subcommands, their verbs and options, and files.

    Usage: redress completions SHELL

      SHELL   bash, zsh or fish

    Examples:
      redress completions bash >/usr/share/bash-completion/completions/redress
      redress completions fish >~/.config/fish/completions/redress.fish

    Exit codes: 0 done; 2 invalid command line; 3 it could not be printed.
    """

  private let shell: Completions.Shell

  init(_ arguments: inout Arguments) throws {
    let all = Completions.Shell.allCases.map(\.rawValue).joined(separator: ", ")
    guard let word = arguments.word() else { throw Stop.usage("SHELL is missing: \(all)") }
    guard let shell = Completions.Shell(rawValue: word) else {
      throw Stop.usage("\(word) is none of \(all)")
    }
    self.shell = shell
  }

  func run() throws -> ExitCode {
    let completions = Completions(commands: Redress.tools.map { Completions.Command($0) })
    try Output.write("\(completions.text(for: shell))\n".utf8)
    return .success
  }
}
