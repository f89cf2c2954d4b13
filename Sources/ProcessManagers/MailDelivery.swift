// Hands the messages of the outbox to a mail server. What must hold:
//
// - A message leaves the outbox only once the server has taken it or refused it for good, so a
//   crash loses none. The server may get one twice after a crash, a stop or a cut connection, under
//   one Message-ID.
// - Once a person is forgotten, no message to them is on its way.

public import Curl
public import EventSourcing
public import Gateways
public import Projecting
import Synchronization
import Threading

/// Delivers what waits in the outbox.
public final class MailDelivery: ProcessManager {
  /// A message that will not be delivered.
  public struct Refusal: Sendable {
    /// The file's name.
    public var name: String
    /// Without an address.
    public var reason: String
  }

  /// A message that the server did not take yet.
  private struct Delay {
    let since: Timestamp
    var due: Timestamp
    var retries = BackOff(first: .seconds(60), limit: .seconds(3_600))
  }

  private struct State {
    var client: MailClient
    var delays: [String: Delay] = [:]
    /// Messages that were taken, and whose files could not be moved yet.
    var taken: Set<String> = []
    /// Until when the server is left alone, and why.
    var pause: (end: Timestamp, error: MailClientError)?
    var retries = BackOff()
    /// When old messages are looked for again.
    var nextRemoval: Timestamp?
  }

  /// The message that is on its way.
  private struct Current {
    var name: String?
    var cancellation = Cancellation()
    var isStopping = false
  }

  public let name = "mail"
  public let readModel: (any ReadModel.Type)? = nil
  private let outbox: OutboxNotifier
  private let clock: @Sendable () -> Timestamp
  private let onRefusal: @Sendable (Refusal) -> Void
  private let state: Mutex<State>
  private let current = Monitor(Current())

  /// How long a message is tried that the server may take later (RFC 5321, 4.5.4.1); a start begins
  /// anew.
  private static let trialSeconds: Int64 = 5 * 86_400
  /// How long a server that refuses the login is left alone: some lock out who tries too often.
  private static let loginPauseSeconds: Int64 = 300
  /// How long a message is kept that was sent.
  private static let sentSeconds: Int64 = 86_400
  /// How often old messages are looked for.
  private static let removalSeconds: Int64 = 3_600

  /// - Parameter onRefusal: called for each message that is given up.
  public init(
    of outbox: OutboxNotifier, to server: MailServer, clock: @escaping @Sendable () -> Timestamp,
    onRefusal: @escaping @Sendable (Refusal) -> Void
  ) {
    (self.outbox, self.clock, self.onRefusal) = (outbox, clock, onRefusal)
    state = Mutex(State(client: MailClient(server)))
  }

  public func onWork(_ call: @escaping @Sendable () -> Void) { outbox.onMessage(call) }

  public func stop() {
    current.update { current in
      current.isStopping = true
      current.cancellation.cancel()
    }
  }

  public func run() throws -> Timestamp? {
    try state.withLock { state in
      try removeOld(&state)
      if let pause = state.pause, pause.end > clock() { throw pause.error }
      state.pause = nil
      let waiting = try outbox.waiting()
      let names = Set(waiting)
      state.delays = state.delays.filter { names.contains($0.key) }
      state.taken.formIntersection(names)
      var failure: (any Error)?
      for name in waiting {
        if let delay = state.delays[name], delay.due > clock() { continue }
        // A file that cannot be read or moved keeps the others from nothing.
        do {
          if state.taken.contains(name) {
            try finish(name, &state)
          } else if !(try deliver(name, &state)) {
            return nil
          }
        } catch let error as MailClientError {
          throw error
        } catch {
          failure = failure ?? error
        }
      }
      if let failure { throw failure }
      let dues = state.delays.values.map(\.due) + [state.nextRemoval].compactMap(\.self)
      return dues.min()
    }
  }

  /// - Returns: whether to go on with the next message.
  /// - Throws: where the server takes no message now.
  private func deliver(_ name: String, _ state: inout State) throws -> Bool {
    guard let cancellation = begin(name) else { return false }
    defer { current.update { $0.name = nil } }
    // Read only now: from here on, a thread that forgets the recipient waits for the end.
    guard let message = try outbox.message(name) else { return true }
    guard let recipient = message.recipient else {
      try refuse(name, because: "the file names no recipient", in: "")
      return true
    }
    do throws(MailClientError) {
      try state.client.send(
        message.bytes, from: message.sender.rawValue, to: recipient.rawValue,
        endingWith: cancellation)
    } catch {
      if cancellation.isCancelled { return !current.withLock { $0.isStopping } }
      try note(error, of: name, &state)
      return true
    }
    state.retries.reset()
    state.taken.insert(name)
    try finish(name, &state)
    return true
  }

  private func finish(_ name: String, _ state: inout State) throws {
    try outbox.markSent(name)
    state.delays[name] = nil
    state.taken.remove(name)
  }

  /// - Returns: `nil` when it is to stop.
  private func begin(_ name: String) -> Cancellation? {
    current.update { current in
      if current.isStopping { return nil }
      current.name = name
      current.cancellation = Cancellation()
      return current.cancellation
    }
  }

  private func note(_ error: MailClientError, of name: String, _ state: inout State) throws {
    let now = clock()
    switch error.outcome {
    case .messageRefused: try refuse(name, because: error.message, in: error.reply)
    case .messageDelayed:
      var delay = state.delays[name] ?? Delay(since: now, due: now)
      if delay.since.seconds(before: now) >= Self.trialSeconds {
        return try refuse(name, because: error.message, in: error.reply)
      }
      delay.due = now.adding(seconds: delay.retries.next().components.seconds)
      state.delays[name] = delay
    case .serverFailed, .loginRefused:
      let wait = state.retries.next().components.seconds
      let seconds = error.outcome == .loginRefused ? Self.loginPauseSeconds : wait
      state.pause = (now.adding(seconds: seconds), error)
      throw error
    }
  }

  private func refuse(_ name: String, because reason: String, in reply: String) throws {
    let line = reply.isEmpty ? reason : "\(reason) (\(reply))"
    guard try outbox.markRefused(name, because: line, at: clock()) else { return }
    onRefusal(Refusal(name: name, reason: reason))
  }

  private func removeOld(_ state: inout State) throws {
    let now = clock()
    if let next = state.nextRemoval, now < next { return }
    try outbox.removeSent(before: now.adding(seconds: -Self.sentSeconds))
    state.nextRemoval = now.adding(seconds: Self.removalSeconds)
  }

  /// Ends a message that is on its way to this recipient; returns once none is.
  public func forget(_ recipient: Actor, of tenant: TenantID) {
    let name = current.update { current -> String? in
      guard let name = current.name,
        OutboxNotifier.isMessage(name, to: recipient, of: tenant)
      else { return nil }
      current.cancellation.cancel()
      return name
    }
    if let name { current.wait(until: { $0.name != name }) }
  }
}

extension Timestamp {
  fileprivate func adding(seconds: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds + seconds * 1_000_000)
  }

  fileprivate func seconds(before later: Timestamp) -> Int64 {
    (later.microseconds - microseconds) / 1_000_000
  }
}
