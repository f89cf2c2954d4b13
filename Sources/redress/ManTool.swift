// redress man: the pages for man(1).

import EventSourcing

struct ManTool: CommandLineTool {
  static let name = "man"
  static let summary = "Prints a manual page, or writes all of them into a folder."
  static let help = """
    Prints the manual page of a subcommand, or of redress itself, in roff, or writes all of them:
    redress.1 and redress-COMMAND.1.

    Usage: redress man [COMMAND]
           redress man --into FOLDER

      COMMAND         a subcommand; redress itself if it is left out
      --into FOLDER   a folder that exists, such as /usr/local/share/man/man1

    Examples:
      redress man serve | man -l -
      redress man --into /usr/local/share/man/man1

    Exit codes: 0 done; 2 invalid command line; 3 the pages could not be written.
    """

  private let folder: String?
  private let command: String?

  init(_ arguments: inout Arguments) throws {
    folder = try arguments.option("--into")
    command = arguments.word()
    if folder != nil, let command {
      throw Stop.usage("--into writes all pages; leave out \(command)")
    }
    if let command { _ = try Redress.tool(named: command) }
  }

  func run() throws -> ExitCode {
    guard let folder else {
      try Output.write("\(try command.map(Self.page) ?? Self.overview)\n".utf8)
      return .success
    }
    try Output.save(Array("\(Self.overview)\n".utf8), to: "\(folder)/redress.1")
    for tool in Redress.tools {
      try Output.save(
        Array("\(Self.page(tool.name))\n".utf8), to: "\(folder)/redress-\(tool.name).1")
    }
    return .success
  }

  private static func page(_ name: String) throws -> String {
    let tool = try Redress.tool(named: name)
    return ManualPage(
      name: "redress-\(name)", summary: tool.summary, help: HelpText(tool.help)
    ).text
  }

  private static var overview: String {
    ManualPage(
      name: "redress", summary: "records cases, returns and refunds", help: HelpText(Redress.help)
    ).text
  }
}
