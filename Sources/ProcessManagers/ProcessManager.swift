// The port of process managers: work that runs when a read model has changed or a due time has
// come. Each one runs on its own thread, so that a slow one delays no other, and none has state
// that must survive a restart.

public import EventSourcing
public import Projecting

/// Work that follows from events.
public protocol ProcessManager: Sendable {
  /// The name of the thread and of the actor of its commands, `system/<name>`.
  var name: String { get }

  /// The read model whose changes start a run; `nil` for runs at due times only.
  var readModel: (any ReadModel.Type)? { get }

  /// Whether it does nothing while the system's clock is not believed; `false` for work that does
  /// not depend on the time.
  var waitsForClock: Bool { get }

  /// Whether commands are refused while its runs fail.
  var refusesCommands: Bool { get }

  /// Does the work that is due now; it may block.
  ///
  /// - Returns: the time of the next run if the read model does not change before; `nil` for none.
  /// - Throws: when the work failed; a later run repeats it.
  func run() throws -> Timestamp?

  /// Ends a run that is going on, soon; called on another thread, once, before the last run is
  /// waited for.
  func stop()

  /// Calls back whenever there is work that neither the read model nor a due time tells of.
  func onWork(_ call: @escaping @Sendable () -> Void)
}

extension ProcessManager {
  public var waitsForClock: Bool { true }

  public var refusesCommands: Bool { false }

  public func stop() {}

  public func onWork(_ call: @escaping @Sendable () -> Void) {}
}
