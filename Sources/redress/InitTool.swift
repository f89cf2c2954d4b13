// redress init: creates a data folder with keys and an empty log.

import EventSourcing
import Foundation
import Node

struct InitTool: CommandLineTool {
  static let name = "init"
  static let summary = "Creates a data folder with its keys and an empty log."
  static let help = """
    Creates a data folder with the key that signs checkpoints, the master key that wraps the key of
    each person, and an empty log. No other command creates one, so a mistyped folder name never
    starts a new history.

    Usage: redress init --data DIR [--log-name NAME]

      --data DIR        the data folder; it is created, or exists and is empty
      --log-name NAME   the first part of the origin of every checkpoint, which never changes;
                        redress by default

    Example:
      redress init --data ./data --log-name redress.example

    Exit codes: 0 done; 2 invalid command line; 3 the folder was not created, for instance because
    DIR is a data folder already.
    """

  private let data: String
  private let logName: String?

  init(_ arguments: inout Arguments) throws {
    data = try arguments.dataFolder()
    logName = try arguments.option("--log-name")
    if let logName, !LogKeys.isValid(logName) {
      throw Stop.usage("--log-name: \(DataFolderError.noLogName(logName))")
    }
  }

  func run() throws -> ExitCode {
    let folder = try DataFolder(creating: data, logName: logName)
    try Output.print(
      "created \(folder.path); keep a copy of \(folder.keys) in another place (keys backup)")
    return .success
  }
}
