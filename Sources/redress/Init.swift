// redress init: makes a data folder with keys and an empty log.

import Foundation
import Node

struct Init: CommandLineTool {
  static let name = "init"
  static let summary = "Makes a data folder with its keys and an empty log."
  static let help = """
    Makes a data folder: the key that signs checkpoints, the master key that wraps the key of each
    person, and an empty log. Nothing else makes one, so that a mistyped folder never begins a new
    history.

    Usage: redress init --data DIR [--log-name NAME]

      --data DIR        the data folder; it is created, or is there and holds no log
      --log-name NAME   the first part of the origin of every checkpoint; it never changes.
                        redress if not given

    Example:
      redress init --data ./data --log-name redress.example

    Exit codes: 0 done; 2 the command line was not understood; 3 it could not be done, for instance
    because DIR is a data folder already.
    """

  private let data: String
  private let logName: String?

  init(_ arguments: inout Arguments) throws {
    data = try arguments.required("--data")
    logName = try arguments.option("--log-name")
  }

  func run() throws -> ExitCode {
    let folder = try DataFolder(creating: data, logName: logName)
    print("made \(folder.path); keep a copy of \(folder.keys) in another place (keys backup)")
    return .success
  }
}
