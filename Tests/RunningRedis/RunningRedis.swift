// A real Redis for tests, on a Unix socket in a folder of its own. What must hold: it does not
// outlive the object.

import Foundation
public import Redis

/// A redis-server that can be killed, halted and started again.
public final class RunningRedis {
  private let folder: String
  private var process: Process?
  private var log: Pipe?

  private static let program = "/usr/bin/redis-server"

  /// Whether this machine has one, for `.enabled(if:)`.
  public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

  /// Why a test does not run.
  public static let remedy: String = "redis-server is missing; tools/setup --test installs it"

  public var address: RedisAddress { .unixSocket(path: folder + "/redis.sock") }

  public init() throws {
    // A write to a connection whose server is gone must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    folder = NSTemporaryDirectory() + "redis-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try start()
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Returns when it answers.
  public func start() throws {
    let process = Process()
    process.executableURL = URL(filePath: Self.program)
    process.arguments = [
      "--port", "0", "--unixsocket", folder + "/redis.sock", "--save", "", "--dir", folder,
    ]
    let log = Pipe()
    process.standardOutput = log
    try process.run()
    self.process = process
    self.log = log
    var said = ""
    while !said.lowercased().contains("ready to accept connections") {
      let data = log.fileHandleForReading.availableData
      guard !data.isEmpty else { throw HasEnded(said: said) }
      said += String(decoding: data, as: UTF8.self)
    }
  }

  /// A Redis that did not start.
  struct HasEnded: Error {
    var said: String
  }

  /// Ends it as a crash does; its socket's file stays.
  public func kill() {
    send(SIGKILL)
    process?.waitUntilExit()
    process = nil
  }

  /// It accepts connections and answers nothing.
  public func halt() { send(SIGSTOP) }

  public func proceed() { send(SIGCONT) }

  private func send(_ signal: Int32) {
    guard let process else { return }
    Foundation.kill(process.processIdentifier, signal)
  }
}
