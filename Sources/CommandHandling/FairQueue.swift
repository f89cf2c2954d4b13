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

/// First in, first out, added to by runs, which cost no more the longer they are.
private struct RunLine<Element>: TakenInOrder {
  /// Empty only where nothing is left.
  private var current: ArraySlice<Element> = []
  private var later = Line<[Element]>()

  var isEmpty: Bool { current.isEmpty }

  mutating func append(_ run: [Element]) {
    if current.isEmpty { current = run[...] } else { later.append(run) }
  }

  mutating func removeFirst() -> Element {
    let element = current.removeFirst()
    if current.isEmpty, !later.isEmpty { current = later.removeFirst()[...] }
    return element
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

  fileprivate struct Submitter: Hashable {
    var peerUID: UInt32
    var principal: PrincipalName?

    init(_ submission: Submission) {
      (peerUID, principal) = (submission.peerUID, submission.principal)
    }
  }

  /// Commands of one submitter for one tenant, one after another.
  struct Run {
    fileprivate var tenant: TenantID
    fileprivate var submitter: Submitter
    fileprivate(set) var elements: [Element]

    fileprivate init(_ element: Element) {
      tenant = element.0.command.tenant
      submitter = Submitter(element.0)
      elements = [element]
    }

    fileprivate func continues(with submission: Submission) -> Bool {
      elements.count < FairQueue.runCountMax && submission.command.tenant == tenant
        && Submitter(submission) == submitter
    }
  }

  /// How many commands are decided before others get their turn: some milliseconds' worth.
  private static let batchCountMax = 512
  /// Bounds what is freed at once.
  private static let runCountMax = 1_024

  /// Empty unless more arrived than are decided at a time.
  private var turns = Turns<TenantID, Turns<Submitter, RunLine<Element>>>()
  /// How many wait for their turn.
  private(set) var count = 0

  /// The commands as the queue takes them: made by those who submit them, so that the thread that
  /// decides has little to do for each.
  static func runs(of elements: [Element]) -> [Run] {
    var runs: [Run] = []
    for element in elements {
      if let last = runs.indices.last, runs[last].continues(with: element.0) {
        runs[last].elements.append(element)
      } else {
        runs.append(Run(element))
      }
    }
    return runs
  }

  /// The commands that are decided next; empty where none waits.
  ///
  /// - Parameter arrived: what came since the last batch, in its order.
  mutating func takeBatch(after arrived: [Run] = []) -> [Element] {
    let arrivedCount = arrived.reduce(0) { $0 + $1.elements.count }
    if turns.isEmpty, arrivedCount <= Self.batchCountMax { return arrived.flatMap(\.elements) }
    count += arrivedCount
    for run in arrived {
      turns.update(run.tenant, default: Turns()) { tenant in
        tenant.update(run.submitter, default: RunLine()) { $0.append(run.elements) }
      }
    }
    var batch: [Element] = []
    while batch.count < Self.batchCountMax, !turns.isEmpty { batch.append(turns.removeFirst()) }
    count -= batch.count
    return batch
  }
}
