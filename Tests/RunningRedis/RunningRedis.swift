// A real Redis for tests, on a Unix socket in a folder of its own. What must hold: it does not
// outlive the object. Foundation's Process is not used: among tests with many open files its `run`
// has crashed, reading past the end of a mapping.

import Foundation
import Glibc
public import Redis

/// A redis-server that can be killed, halted and started again.
public final class RunningRedis {
  private let folder: String
  private var process: pid_t?

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
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw HasEnded(said: "no pipe: errno \(errno)") }
    // The child has the copy that is its standard output, not these.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let log = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
    let code = spawn(output: ends[1])
    close(ends[1])
    guard code == 0 else { throw HasEnded(said: "no process: errno \(code)") }
    var said = ""
    while !said.lowercased().contains("ready to accept connections") {
      let data = log.availableData
      guard !data.isEmpty else { throw HasEnded(said: said) }
      said += String(decoding: data, as: UTF8.self)
    }
  }

  /// - Returns: 0, or the error's number.
  private func spawn(output: Int32) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    let arguments: [String] = [
      Self.program, "--port", "0", "--unixsocket", folder + "/redis.sock", "--save", "",
      "--dir", folder,
    ]
    let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, Self.program, &actions, nil, words + [nil], [nil])
    if code == 0 { self.process = process }
    return code
  }

  /// A Redis that did not start.
  struct HasEnded: Error {
    var said: String
  }

  /// Ends it as a crash does; its socket's file stays.
  public func kill() {
    send(SIGKILL)
    if let process { waitpid(process, nil, 0) }
    process = nil
  }

  /// It accepts connections and answers nothing.
  public func halt() { send(SIGSTOP) }

  public func proceed() { send(SIGCONT) }

  private func send(_ signal: Int32) {
    if let process { Glibc.kill(process, signal) }
  }
}
