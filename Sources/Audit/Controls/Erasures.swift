// The rules "Erasure" and "Legal hold": a person is erased whom no legal hold protects and who does
// not work for the tenant. The erasure names the key that sealed the person's texts, nothing
// personal is recorded of the person afterwards, and the key is gone.

import Domain
import EventSourcing
import Events
import PersonalData

struct Erasures: Control {
  static let id = "erasures"
  static let statement = """
    Every erasure respected legal holds, named the key that it destroyed, and is complete.
    """
  static let rules = ["Erasure", "Legal hold"]

  /// The customers of the cases under a legal hold.
  private var held: [CaseID: CustomerID] = [:]
  /// Of whom something personal was recorded, and where last.
  private var known = SpillingDictionary<String, Position>()
  private var erased: [String: Position] = [:]

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    for note in commit.personal where commit.events[note.index].position == recorded.position {
      let person = note.person.subject
      if let erasure = erased[person] {
        examination.find(
          "something personal of \(person) was recorded after the erasure", at: erasure,
          recorded.position)
      }
      known.set(person, to: recorded.position)
    }
    if case .supportCase(.legalHoldPlaced(let event)) = recorded.event {
      held[event.caseID] = commit.after.supportCase(event.caseID).customerID
    }
    if case .supportCase(.legalHoldReleased(let event)) = recorded.event {
      held[event.caseID] = nil
    }
    if case .privacy(.subjectErased(let event)) = recorded.event {
      examination.begin()
      erase(event, recorded.position, commit.facts.tenant, &examination)
    }
  }

  /// Erased persons and legal holds are few and stay.
  mutating func spill(into file: SpillFile) throws { try known.spill(into: file) }

  private mutating func erase(
    _ event: SubjectErased, _ position: Position, _ tenant: Tenant,
    _ examination: inout Examination
  ) {
    let subject = event.subjectID.rawValue
    let cases = held.filter { $0.value.rawValue == subject }.keys.sorted()
    examination.require(
      cases.isEmpty,
      """
      \(subject) was erased despite the legal hold of \
      \(cases.map { "case \($0)" }.joined(separator: ", "))
      """, at: position)
    examination.require(
      tenant.agents[AgentID(unchecked: subject)] == nil,
      "\(subject) was erased and works for the tenant", at: position)
    if let text = known[subject] {
      examination.require(
        event.keyFingerprint != nil,
        "the erasure of \(subject) names no key, and there are personal texts of \(subject)",
        at: text, position)
    }
    erased[subject] = position
  }

  func finish(_ state: TenantState, in span: ClosedRange<Position>) throws -> Examination {
    var examination = Examination()
    guard state.vault != nil else { return examination }
    for (subject, position) in erased.sorted(by: { $0.value < $1.value })
    where span.contains(position) {
      examination.begin()
      let key = try state.keyFingerprint(of: SubjectID(unchecked: subject))
      examination.require(
        key == nil, "\(subject) was erased, and the key is still there", at: position)
    }
    return examination
  }
}
