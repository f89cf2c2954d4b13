// The personal texts of a log, counted: those that open, those of erased persons, and those whose
// key is missing without an erasure. Only the log says who was erased.

import EventSourcing
import Events
public import PersonalData

/// The personal texts of a log.
public struct PersonalTexts: Sendable, Hashable {
  /// How many open under their person's key.
  public var opened = 0
  /// How many are of persons who were erased.
  public var erased = 0
  /// How many were recorded before there was encryption.
  public var clear = 0
  /// How many were not opened, because there are no keys.
  public var unchecked = 0
  /// By person who was not erased, how many have no key.
  public var keyMissing: [Person: Int] = [:]
  /// Persons who were erased and whose key is still there.
  public var undestroyed: [Person] = []
}

/// One personal text, as it was found.
struct PersonalNote: Sendable {
  enum Kind: Sendable {
    case opened, clear, unchecked, unreadable
  }

  var person: Person
  var index: Int
  var kind: Kind
}

extension DecodedCommit {
  /// Tries to open the personal texts of an event.
  ///
  /// - Throws: ``Finding`` for one that is not what was written there.
  mutating func notePersonalTexts(
    of recorded: RecordedEvent, at index: Int, vault: PersonalVault?
  ) throws {
    var event = recorded.event
    var notes: [PersonalNote] = []
    try event.mapPersonal { text, field, subject in
      let person = Person(subject, of: recorded.tenant)
      let place = PersonalPlace(
        tenant: recorded.tenant, stream: recorded.stream, revision: recorded.revision,
        field: field.key)
      guard let vault else {
        let kind: PersonalNote.Kind = PersonalText.isSealed(text) ? .unchecked : .clear
        notes.append(PersonalNote(person: person, index: index, kind: kind))
        return text
      }
      let kind: PersonalNote.Kind
      switch try vault.read(text, of: person, at: place, position: recorded.position) {
      case .clear: kind = .clear
      case .opened: kind = .opened
      case .erased, .keyMissing: kind = .unreadable
      case .damaged:
        throw finding(index, "\(PersonalDataError.damaged(person, place))")
      }
      notes.append(PersonalNote(person: person, index: index, kind: kind))
      return text
    }
    personal += notes
  }
}

/// Sums up what was found, tenant by tenant.
struct PersonalReckoning {
  private var texts = PersonalTexts()
  private var unreadable: [Person: Int] = [:]
  private var erased: Set<Person> = []

  /// - Throws: ``Finding`` for a text about a person who was erased before.
  mutating func add(_ commit: DecodedCommit) throws {
    for note in commit.personal {
      if erased.contains(note.person) {
        throw commit.finding(
          note.index, "it says something of \(note.person), who was erased before")
      }
      switch note.kind {
      case .opened: texts.opened += 1
      case .clear: texts.clear += 1
      case .unchecked: texts.unchecked += 1
      case .unreadable: unreadable[note.person, default: 0] += 1
      }
    }
    for event in commit.events {
      if case .privacy(.subjectErased(let event)) = event.event {
        erased.insert(Person(event.subjectID.rawValue, of: commit.tenant))
      }
    }
  }

  func texts(vault: PersonalVault?) throws -> PersonalTexts {
    var texts = texts
    for (person, count) in unreadable {
      if erased.contains(person) { texts.erased += count } else { texts.keyMissing[person] = count }
    }
    if let vault {
      texts.undestroyed = try erased.filter { try vault.fingerprint(of: $0) != nil }
        .sorted { $0.description < $1.description }
    }
    return texts
  }
}
