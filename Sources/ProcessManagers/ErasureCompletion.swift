public import CommandHandling
public import EventSourcing
public import Projecting
import Projections

/// Completes the erasures that had to wait for the orders of a person.
public struct ErasureCompletion: ProcessManager {
  public let name = "erasure"
  public let readModel: (any ReadModel.Type)? = OrderBalance.self
  public let waitsForClock = false
  private let eraser: Eraser

  public init(eraser: Eraser) { self.eraser = eraser }

  /// - Throws: ``ErasureDelayed`` while one still waits.
  public func run() throws -> Timestamp? {
    guard eraser.isDelayed else { return nil }
    var delay: ErasureDelayed?
    _ = try eraser.complete { delay = $0 }
    if let delay { throw delay }
    return nil
  }

  public func onWork(_ call: @escaping @Sendable () -> Void) { eraser.onDelay(call) }
}
