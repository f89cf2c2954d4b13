// A hand-over between two threads that never holds more than a few elements: the one that is ahead
// waits for the other.

internal import Dispatch
internal import Synchronization

/// First in, first out, for one thread that puts and one that takes.
final class BoundedQueue<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  private let isClosed = Atomic(false)
  private let room = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  init(capacity: Int) {
    // Not the semaphore's first value: it may not end below that.
    for _ in 0..<capacity { room.signal() }
  }

  /// Waits for room.
  ///
  /// - Returns: whether the other thread still takes elements.
  func put(_ element: Element) -> Bool {
    room.wait()
    if isClosed.load(ordering: .acquiring) { return false }
    elements.withLock { $0.append(element) }
    filled.signal()
    return true
  }

  /// Waits for an element.
  func take() -> Element {
    filled.wait()
    let element = elements.withLock { $0.removeFirst() }
    room.signal()
    return element
  }

  /// Says that nothing will be taken any more, so that the other thread can end.
  func close() {
    isClosed.store(true, ordering: .releasing)
    room.signal()
  }
}
