// Work that runs one piece after the other, apart from the thread that hands it over. What must
// hold: blocking work may run here, since no Swift Task does.

internal import Dispatch

/// Runs work in the order in which it is handed over.
public struct SerialQueue: Sendable {
  public typealias Work = @Sendable () -> Void

  private let enqueue: @Sendable (@escaping Work) -> Void
  private let drain: @Sendable () -> Void

  /// A queue that runs its work on a thread of the system.
  public init(name: String) {
    let queue = DispatchQueue(label: name, qos: .userInitiated)
    enqueue = { queue.async(execute: $0) }
    drain = { queue.sync {} }
  }

  /// A queue for a simulation.
  ///
  /// - Parameter enqueue: runs the work, now or later, on the thread of the simulation.
  public init(enqueue: @escaping @Sendable (@escaping Work) -> Void) {
    self.enqueue = enqueue
    drain = {}
  }

  public func run(_ work: @escaping Work) { enqueue(work) }

  /// Returns once everything that was handed over before has run.
  public func finish() { drain() }
}
