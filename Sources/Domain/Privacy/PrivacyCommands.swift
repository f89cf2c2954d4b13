// Which function decides which command of the tenant's erasures; legal holds are commands of cases.

import Events

extension Privacy {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: PrivacyCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    switch command {
    case .eraseSubject(let command):
      try erase(
        command, privacy: aggregates.privacy,
        customer: aggregates.customer(CustomerID(unchecked: command.subjectID.rawValue)),
        keyFingerprint: aggregates.keyFingerprint(of: command.subjectID), facts: facts)
    }
  }
}
