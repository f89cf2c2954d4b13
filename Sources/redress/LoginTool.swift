// redress login: a link that signs this user in to the pages.

import Curl
import EventSourcing
import Foundation
import JSON
import Node

struct LoginTool: CommandLineTool {
  static let name = "login"
  static let summary = "Prints a link that signs in to the pages, once."
  static let help = """
    Prints a link that opens a session for the pages of a running service, with what this user may
    see. The link works once, within ten minutes; the session lasts twelve hours, or until the
    service stops.

    Usage: redress login --data DIR

      --data DIR     the data folder, on which a service with --http runs

    Example:
      redress login --data ./data

    Exit codes: 0 done; 2 invalid command line; 3 no service with pages runs, or it refused.
    """

  private let folder: DataFolder

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(served: arguments.dataFolder())
    guard try arguments.rest().isEmpty else { throw Stop.usage("give --data DIR only") }
  }

  func run() throws -> ExitCode {
    guard let holder = folder.holder() else {
      throw Stop.unable("no service runs on \(folder.path); redress serve --http starts one")
    }
    let answer = try holder.client().send(method: "POST", target: "/v1/logins")
    guard answer.status == 201, let login = try? JSONValue(parsing: answer.body),
      let path = login["path"]?.string
    else { throw Stop(refusedWith: answer) }
    guard let pages = login["pages"]?.string else {
      throw Stop.unable("the service on \(folder.path) has no pages; start it with --http")
    }
    try Output.write("\(pages)\(path)\n".utf8)
    return .success
  }
}
