// A server on a socket in a folder of its own, gone when the test is.

import Curl
import Dispatch
import Foundation
import HTTP
import Synchronization

final class RunningServer {
  let folder: String
  let socketPath: String
  let server: HTTPServer

  convenience init(
    handler: @escaping @Sendable (HTTPExchange) -> Void = RunningServer.echo
  ) throws {
    try self.init(configure: { _ in }, handler: handler)
  }

  init(
    configure: (inout HTTPServerConfiguration) -> Void,
    admission: @escaping @Sendable (HTTPRequest.Head) -> HTTPAdmission = { _ in
      .admitted(bodySizeMax: .max)
    },
    handler: @escaping @Sendable (HTTPExchange) -> Void = RunningServer.echo
  ) throws {
    folder = try RunningServer.makeFolder()
    socketPath = folder + "/http.sock"
    var configuration = HTTPServerConfiguration(endpoints: [
      .unixSocket(path: socketPath), .loopback(host: "127.0.0.1", port: 0),
    ])
    // A machine may be busy with other things for a while; tests of time-outs set their own.
    configuration.headTimeout = .seconds(600)
    configuration.idleTimeout = .seconds(600)
    configure(&configuration)
    server = try HTTPServer(
      configuration: configuration, admission: admission, handler: handler)
    server.start()
  }

  deinit {
    server.stop(deadline: .zero)
    try? FileManager.default.removeItem(atPath: folder)
  }

  var client: HTTPClient { HTTPClient(socketPath: socketPath) }

  func connect() -> RawConnection {
    guard let connection = RawConnection(socketPath: socketPath) else {
      fatalError("nobody listens on \(socketPath)")
    }
    return connection
  }

  /// In /tmp, because a socket path must be short.
  static func makeFolder() throws -> String {
    let folder = "/tmp/redress-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    return folder
  }

  /// Answers with the request's body, and says in headers what else was asked.
  static let echo: @Sendable (HTTPExchange) -> Void = { exchange in
    let request = exchange.request
    exchange.respond(
      HTTPResponse(
        status: 200,
        headers: [("X-Method", request.method), ("X-Target", request.target)],
        body: request.body))
  }
}

/// A value that several threads and callbacks share, and whose changes can be awaited.
final class Shared<Value: Sendable>: Sendable {
  private struct Waiter: Sendable {
    var condition: @Sendable (Value) -> Bool
    var resume: @Sendable (Bool) -> Void
  }

  private struct State: Sendable {
    var value: Value
    var waiters: [Int: Waiter] = [:]
    var nextWaiter = 0
  }

  private let state: Mutex<State>

  init(_ value: Value) { state = Mutex(State(value: value)) }

  func with<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    let (result, satisfied) = state.withLock { state in
      let result = body(&state.value)
      let satisfied = state.waiters.filter { $0.value.condition(state.value) }
      for id in satisfied.keys { state.waiters[id] = nil }
      return (result, satisfied.values)
    }
    for waiter in satisfied { waiter.resume(true) }
    return result
  }

  var value: Value { state.withLock { $0.value } }

  /// Waits until the value satisfies a condition, for a quarter of an hour at most: other tests may
  /// hold Swift's few threads for minutes, which the work that is waited for needs to begin.
  func wait(until condition: @escaping @Sendable (Value) -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
      let waiter = Waiter(condition: condition) { continuation.resume(returning: $0) }
      let id = state.withLock { state -> Int? in
        if condition(state.value) { return nil }
        state.nextWaiter += 1
        state.waiters[state.nextWaiter] = waiter
        return state.nextWaiter
      }
      guard let id else { return waiter.resume(true) }
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(900)) { [self] in
        let late = state.withLock { $0.waiters.removeValue(forKey: id) }
        late?.resume(false)
      }
    }
  }
}

/// Runs on a thread of its own, so that a blocking test takes none from Swift's pool.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: body()) }
  }
}

/// Runs asynchronous code apart from Swift's own few threads, which tests that wait may all hold.
func apart(_ body: @escaping @Sendable () async -> Void) {
  Task(executorPreference: ThreadsApart.shared, operation: body)
}

private final class ThreadsApart: TaskExecutor {
  static let shared = ThreadsApart()
  private let queue = DispatchQueue(label: "apart", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
