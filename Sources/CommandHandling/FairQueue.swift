// Commands that wait while others are decided, taken in turns over tenants, and in each tenant over
// those who submitted them. What must hold: the commands of one submitter for one tenant stay in
// order, and none is lost.

import EventSourcing
import Events

/// Something of which one element comes after another.
private protocol TakenInOrder {
  associatedtype Element
  var isEmpty: Bool { get }
  /// - Precondition: it is not empty.
  mutating func removeFirst() -> Element
}

/// First in, first out.
private struct Line<Element>: TakenInOrder {
  private var elements: [Element] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func removeFirst() -> Element {
    defer {
      head += 1
      // What was taken leaves memory once it is half of all.
      if head * 2 > elements.count {
        elements.removeFirst(head)
        head = 0
      }
    }
    return elements[head]
  }
}

/// Several, each of which gives one element before the first gives its next.
private struct Turns<Key: Hashable, Inner: TakenInOrder>: TakenInOrder {
  private var inner: [Key: Inner] = [:]
  private var order = Line<Key>()

  var isEmpty: Bool { order.isEmpty }

  mutating func update(_ key: Key, default new: Inner, _ change: (inout Inner) -> Void) {
    if inner[key] == nil { order.append(key) }
    change(&inner[key, default: new])
  }

  mutating func removeFirst() -> Inner.Element {
    let key = order.removeFirst()
    guard let index = inner.index(forKey: key) else { preconditionFailure("a turn without a line") }
    let element = inner.values[index].removeFirst()
    if inner.values[index].isEmpty { inner.remove(at: index) } else { order.append(key) }
    return element
  }
}

/// Commands with what is called with their answers.
struct FairQueue {
  typealias Element = (Submission, Sequencer.Completion)

  private struct Submitter: Hashable {
    var peerUID: UInt32
    var principal: PrincipalName?
  }

  /// How many commands are decided before others get their turn: some milliseconds' worth.
  private static let batchCountMax = 512

  /// Empty unless more arrived than are decided at a time.
  private var turns = Turns<TenantID, Turns<Submitter, Line<Element>>>()
  /// How many wait for their turn.
  private(set) var count = 0

  /// The commands that are decided next; empty where none waits.
  ///
  /// - Parameter arrived: what came since the last batch, in its order.
  mutating func takeBatch(after arrived: [Element] = []) -> [Element] {
    if turns.isEmpty, arrived.count <= Self.batchCountMax { return arrived }
    count += arrived.count
    for element in arrived {
      let submission = element.0
      let submitter = Submitter(peerUID: submission.peerUID, principal: submission.principal)
      turns.update(submission.command.tenant, default: Turns()) { tenant in
        tenant.update(submitter, default: Line()) { $0.append(element) }
      }
    }
    var batch: [Element] = []
    while batch.count < Self.batchCountMax, !turns.isEmpty { batch.append(turns.removeFirst()) }
    count -= batch.count
    return batch
  }
}
