// What every process manager is: work that begins when its read model has changed or its next due
// time has come. It runs on a thread of its own, so that a slow one delays no other, and it keeps
// nothing that a restart must not forget.

public import EventSourcing
public import Projecting

/// Work that follows from events.
public protocol ProcessManager: Sendable {
  /// What the thread is called, and the actor of its commands: `system/<name>`.
  var name: String { get }

  /// The read model whose changes make it run; `nil` where time alone does.
  var readModel: (any ReadModel.Type)? { get }

  /// Does what is due now; it may block.
  ///
  /// - Returns: when it is to run again if its read model has not changed until then; `nil` for
  ///   never.
  /// - Throws: what kept it from doing so; it is run again a little later.
  func run() throws -> Timestamp?
}
