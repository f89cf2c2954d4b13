// What must hold of personal texts: each opens under its person's key, until the person is erased;
// then none does, which is no damage.

internal import CommandHandling
internal import EventSourcing
internal import Events
internal import PersonalData

enum Secrets {
  /// An erasure is answered when the key is gone.
  static func requireErased(
    by answer: Answer, to command: SubmittedCommand, _ keys: KeysInMemory
  ) throws {
    guard case .privacy(.eraseSubject(let erase)) = command.command, case .accepted = answer.outcome
    else {
      return
    }
    let person = Person(erase.subjectID.rawValue, of: command.tenant)
    try require(
      keys.isComplete(person), "the erasure of \(person) was answered and not carried out")
  }

  /// - Returns: how many personal texts there are, and how many of them are of persons who were
  ///   erased.
  static func requireKept(
    in events: [RecordedEvent], _ keys: KeysInMemory
  ) throws -> (count: Int, erasedCount: Int) {
    let vault = PersonalVault(inMemory: keys)
    let erased = Set(events.compactMap { RecordedErasure($0)?.person })
    for person in erased {
      try require(keys.isComplete(person), "the erasure of \(person) was forgotten")
    }
    var (count, erasedCount) = (0, 0)
    for recorded in events {
      var copy = recorded.event
      try copy.mapPersonal { text, field, subject in
        let person = Person(subject, of: recorded.tenant)
        let place = PersonalPlace(
          tenant: recorded.tenant, stream: recorded.stream, revision: recorded.revision,
          field: field.key)
        let reading = try vault.read(text, of: person, at: place, position: recorded.position)
        count += 1
        guard erased.contains(person) else {
          guard case .opened = reading else {
            throw Violation("\(field.key) of \(person) at \(recorded.position) is \(reading)")
          }
          return text
        }
        erasedCount += 1
        try require(
          reading == .erased, "\(field.key) of \(person), who was erased, is \(reading)")
        return text
      }
    }
    return (count, erasedCount)
  }
}
