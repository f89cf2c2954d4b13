// redress submit: sends commands to a running service and prints their outcomes.

import Curl
import EventSourcing
import Foundation
import JSON
import Node

struct SubmitTool: CommandLineTool {
  static let name = "submit"
  static let summary = "Sends commands to a running service."
  static let help = """
    Sends commands to a running service, one JSON object on each line, and prints one outcome line
    for each, in order.

    Usage: redress submit (--socket PATH | --data DIR) [FILE]

      --socket PATH   the service's Unix socket
      --data DIR      the data folder of a running service, which names its socket
      FILE            the file of the commands; standard input by default

    Example:
      echo '{"id":"cmd-1","tenant":"acme","type":"RegisterTenant","data":{"name":"Acme Ltd",\
    "currency":"GBP","timeZone":"Europe/London"}}' | redress submit --data ./data

    Exit codes: 0 every command was accepted; 1 at least one was not (its line gives the reason);
    2 invalid command line; 3 the service could not be reached.
    """

  private let socket: String
  private let file: String?

  /// The most bytes that one request carries, well below the service's limit.
  private static let batchByteCount = 4 << 20

  init(_ arguments: inout Arguments) throws {
    socket = try arguments.socket()
    file = arguments.word()
  }

  func run() throws -> ExitCode {
    let input: FileHandle
    if let file {
      guard let handle = FileHandle(forReadingAtPath: file) else {
        throw Stop.unable("cannot read \(file): \(String(cString: strerror(errno)))")
      }
      input = handle
    } else {
      input = .standardInput
    }
    let client = HTTPClient(socketPath: socket)
    var isAllAccepted = true
    var batch: [UInt8] = []
    var lineByteCount = 0
    func flush() throws {
      if batch.isEmpty { return }
      isAllAccepted = try send(batch, with: client) && isAllAccepted
      batch = []
    }
    while let data = try input.read(upToCount: 1 << 20), !data.isEmpty {
      batch += data
      lineByteCount += data.count
      if batch.count >= Self.batchByteCount, let end = batch.lastIndex(of: UInt8(ascii: "\n")) {
        let rest = Array(batch[(end + 1)...])
        batch.removeSubrange((end + 1)...)
        try flush()
        batch = rest
      }
    }
    try flush()
    if lineByteCount == 0 { throw Stop.usage("the input contains no command") }
    return isAllAccepted ? .success : .wrong
  }

  /// - Returns: whether every command was accepted.
  private func send(_ body: [UInt8], with client: HTTPClient) throws -> Bool {
    let response = try client.send(
      method: "POST", target: "/v1/commands",
      headers: [("Content-Type", "application/x-ndjson")], body: oneToALine(body))
    try Output.write(response.body)
    guard response.status == 200 else { return false }
    return response.body.split(separator: UInt8(ascii: "\n")).allSatisfy { line in
      let outcome = try? JSONValue(parsing: Array(line))["outcome"]?.string
      return outcome == "accepted" || outcome == "unchanged"
    }
  }

  /// Puts a single command that spans several lines onto one line.
  private func oneToALine(_ body: [UInt8]) -> [UInt8] {
    guard let value = try? JSONValue(parsing: body) else { return body }
    return value.json
  }
}

extension Arguments {
  /// The socket of the service that the options name.
  mutating func socket() throws -> String {
    let socket = try option("--socket")
    let data = try option("--data")
    switch (socket, data) {
    case (let socket?, nil): return socket
    case (nil, let data?):
      guard let holder = try DataFolder(served: data).holder() else {
        throw Stop.unable("no service runs on \(data); redress serve --data \(data) starts one")
      }
      guard let socket = holder.socket else {
        throw Stop.unable(
          "process \(holder.pid) holds \(data) and has not published its socket yet")
      }
      return socket
    default: throw Stop.usage("give either --socket PATH or --data DIR")
    }
  }
}
