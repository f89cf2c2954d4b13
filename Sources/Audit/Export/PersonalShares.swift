// Whose personal texts an export has, and whether anybody can still read them. The log has them
// sealed under each person's key, and the export has them as the log does: no key is in it.

import Events

/// The personal texts of a history, by person.
struct PersonalShares {
  /// Texts of persons who were not erased, under their keys.
  private var texts: [String: Int] = [:]
  /// Texts that were recorded before there was encryption.
  private(set) var clear: [String: Int] = [:]
  private var erasedPersons: Set<String> = []

  mutating func add(_ event: Event) {
    if case .privacy(.subjectErased(let event)) = event {
      erasedPersons.insert(event.subjectID.rawValue)
    }
    var event = event
    event.mapPersonal { text, _, subject in
      if PersonalText.isSealed(text) {
        texts[subject, default: 0] += 1
      } else {
        clear[subject, default: 0] += 1
      }
      return text
    }
  }

  /// How many texts each person has that the key opens.
  var sealed: [String: Int] { texts.filter { !erasedPersons.contains($0.key) } }

  /// How many texts each erased person has, whose key is destroyed; 0 where there never was one.
  var erased: [String: Int] {
    Dictionary(uniqueKeysWithValues: erasedPersons.map { ($0, texts[$0] ?? 0) })
  }
}
