// Carries out the erasure that a SubjectErased event records. A crash after the event leaves the
// erasure to the next start, which completes it before the first request; one that has to wait for
// the orders of the person is tried again later. What must hold: every step is idempotent, and an
// erasure is complete only once every store has deleted the person's data and the key is destroyed.

import ErrorClasses
public import EventLog
public import EventSourcing
public import Events
public import PersonalData
import Synchronization
public import Threading

/// An erasure as the log has it.
public struct RecordedErasure: Sendable, Hashable {
  public var person: Person
  public var position: Position
  /// When it was recorded.
  public var time: Timestamp
  public var erasedBy: Actor
  /// The fingerprint of the destroyed key; `nil` where no personal data was ever recorded.
  public var keyFingerprint: KeyFingerprint?

  /// Every erasure of a tenant, in order.
  public static func all(of tenant: TenantID, in log: EventLog) throws -> [RecordedErasure] {
    var erasures: [RecordedErasure] = []
    let stream = try log.stream(StreamName("privacy"), in: tenant)
    _ = try log.readEvents(of: stream, from: .first) { _, _, line in
      let recorded = try RecordedEvent(line: line)
      if let erasure = RecordedErasure(recorded) { erasures.append(erasure) }
    }
    return erasures
  }

  /// - Returns: `nil` for any other event.
  public init?(_ recorded: RecordedEvent) {
    guard case .privacy(.subjectErased(let event)) = recorded.event else { return nil }
    person = Person(event.subjectID.rawValue, of: recorded.tenant)
    position = recorded.position
    time = recorded.recordedTime
    erasedBy = event.erasedBy
    keyFingerprint = event.keyFingerprint
  }
}

/// Why an erasure waits: the orders or the addresses of the person are not known now. It is
/// recorded, and it is completed when they are.
public struct ErasureDelayed: Error, CustomStringConvertible {
  public var person: Person
  public var reason: any Error

  public var description: String { "the erasure of \(person) waits: \(reason)" }
}

/// Deletes the personal data of erased persons from stores and destroys their keys.
public final class Eraser: Sendable {
  private let log: EventLog
  private let vault: PersonalVault
  private let stores: [any ErasingStore]
  private let orders: @Sendable (Person, Position) throws -> [OrderID]
  private let queue: SerialQueue
  private let delay = Mutex(Delay())

  private struct Delay {
    /// By person whose erasure waits.
    var reasons: [Person: String] = [:]
    var onBegin: (@Sendable () -> Void)?
  }

  /// - Parameters:
  ///   - stores: the stores of personal data beside the log and the read models.
  ///   - orders: every order of a customer up to a position, which may hold addresses that were
  ///     never registered; throws where it may miss one.
  ///   - queue: carries out the erasures that are recorded from now on.
  public init(
    log: EventLog, vault: PersonalVault, stores: [any ErasingStore],
    orders: @escaping @Sendable (Person, Position) throws -> [OrderID],
    queue: SerialQueue = SerialQueue(name: "erasing")
  ) {
    self.queue = queue
    self.orders = orders
    self.log = log
    self.vault = vault
    self.stores = stores
  }

  /// Carries out every erasure of the log that is not complete.
  ///
  /// - Parameter whenDelayed: called for each erasure that has to wait; the others go on.
  /// - Returns: the persons whose erasure was completed only now.
  public func complete(
    whenDelayed: (ErasureDelayed) throws -> Void = { throw $0 }
  ) throws -> [Person] {
    var completed: [Person] = []
    for tenant in log.tenants {
      for erasure in try RecordedErasure.all(of: tenant, in: log) {
        do {
          let isDone = try delaying(erasure.person) {
            if try vault.isComplete(erasure.person) { return false }
            try carryOut(
              KeyErasure(
                person: erasure.person, position: erasure.position,
                fingerprint: erasure.keyFingerprint?.rawValue))
            return true
          }
          note(nil, of: erasure.person)
          if isDone { completed.append(erasure.person) }
        } catch let error as ErasureDelayed {
          note(error, of: erasure.person)
          try whenDelayed(error)
        }
      }
    }
    return completed
  }

  /// Whether an erasure waits.
  public var isDelayed: Bool { delay.withLock { !$0.reasons.isEmpty } }

  /// Why a person's erasure waits; `nil` where it does not.
  public func delay(of person: Person) -> String? { delay.withLock { $0.reasons[person] } }

  private func note(_ delayed: ErasureDelayed?, of person: Person) {
    delay.withLock { $0.reasons[person] = delayed.map { "\($0.reason)" } }
  }

  /// Calls back whenever an erasure begins to wait.
  public func onDelay(_ call: @escaping @Sendable () -> Void) {
    delay.withLock { $0.onBegin = call }
  }

  /// Carries out the erasure that an answer reports, if it does, and then calls back.
  ///
  /// - Parameter done: is not called when the erasure failed; the next start completes it. One that
  ///   has to wait is recorded, and so it is answered.
  func carryOut(
    _ answer: Answer, to command: SubmittedCommand,
    onFailure: @escaping @Sendable (any Error) -> Void,
    done: @escaping @Sendable () -> Void
  ) {
    guard case .privacy(.eraseSubject(let erase)) = command.command,
      case .accepted(let events) = answer.outcome,
      let event = events.first(where: { $0.type == SubjectErased.typeName })
    else { return done() }
    queue.run { [self] in
      let person = Person(erase.subjectID.rawValue, of: command.tenant)
      do {
        try delaying(person) {
          if try vault.isComplete(person) { return }
          try carryOut(
            KeyErasure(
              person: person, position: event.position,
              fingerprint: try vault.fingerprint(of: person)))
        }
        note(nil, of: person)
      } catch let error as ErasureDelayed {
        note(error, of: person)
        delay.withLock { $0.onBegin }?()
      } catch { return onFailure(error) }
      done()
    }
  }

  /// - Throws: ``ErasureDelayed`` for an error that passes: every step may be done again.
  private func delaying<R>(_ person: Person, _ body: () throws -> R) throws -> R {
    do { return try body() } catch {
      guard ErrorClass(of: error) == .passing else { throw error }
      throw ErasureDelayed(person: person, reason: error)
    }
  }

  private func carryOut(_ erasure: KeyErasure) throws {
    // The log discloses the person's addresses only while the key exists.
    let (emails, orders) = try names(of: erasure.person, upTo: erasure.position)
    for store in stores { try store.erase(erasure.person, emails: emails, orders: orders) }
    try vault.destroy(erasure)
    try vault.markComplete(erasure.person)
  }

  private static let addresses: Set<String> = ["email", "customerEmail"]

  private func names(
    of person: Person, upTo position: Position
  ) throws -> (emails: [String], orders: Set<String>) {
    var emails: Set<String> = []
    let known: [String]
    do { known = try orders(person, position).map(\.rawValue) } catch {
      throw ErasureDelayed(person: person, reason: error)
    }
    var orders = Set(known)
    let names = ["customer/\(person.subject)"] + known.map { "order/\($0)" }
    for name in names {
      let stream = try log.stream(StreamName(name), in: person.tenant)
      _ = try log.readEvents(of: stream, from: .first) { _, _, line in
        var recorded = try RecordedEvent(line: line)
        if case .order(.orderRecorded(let order)) = recorded.event {
          let names = [order.externalID, order.orderNumber].compactMap { $0 }
          orders.formUnion(names + names.map { $0.hasPrefix("#") ? String($0.dropFirst()) : $0 })
        }
        guard try open(&recorded, of: person) else { return }
        recorded.event.mapPersonal { text, field, _ in
          if Self.addresses.contains(field.key) && text.contains("@") { emails.insert(text) }
          return text
        }
      }
    }
    return (emails.sorted(), orders)
  }

  /// - Returns: `false` for a damaged text: it yields no address, and does not stop the erasure.
  /// - Throws: ``ErasureDelayed`` where the keys cannot be read, for an address might be missed.
  private func open(_ recorded: inout RecordedEvent, of person: Person) throws -> Bool {
    do throws(PersonalDataError) { try vault.open(&recorded) } catch {
      if case .damaged = error { return false }
      throw ErasureDelayed(person: person, reason: error)
    }
    return true
  }

  /// Returns once no erasure is running.
  func finish() { queue.finish() }
}
