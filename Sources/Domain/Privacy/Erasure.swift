// Erasing a person, whom no legal hold protects.

import EventSourcing
public import Events

extension Privacy {
  /// Erases a person whom no legal hold protects; a second erasure changes nothing.
  ///
  /// - Parameters:
  ///   - customer: the customer of that id, if there is one.
  ///   - keyFingerprint: of the person's key; `nil` where nothing personal was ever recorded.
  public static func erase(
    _ command: EraseSubject, privacy: Privacy, customer: Customer, keyFingerprint: KeyFingerprint?,
    facts: Facts
  ) throws(PrivacyRejection) -> Decision {
    let subject = command.subjectID
    guard !privacy.erased.contains(subject) else {
      return .unchanged(reason: "\(subject) was erased already.")
    }
    // A person who still works for the tenant is not erased.
    let role = facts.tenant.agents[AgentID(unchecked: subject.rawValue)]
    if let role { throw .worksHere(subject, role: role) }
    guard customer.isRegistered || keyFingerprint != nil else {
      throw .unknownSubject(subject)
    }
    let holds = privacy.protected.filter { $0.value == subject }.keys.sorted()
    guard holds.isEmpty else { throw .legalHold(subject, cases: holds) }
    // What stands in the log in clear stays readable for ever; a certificate must not say
    // otherwise.
    guard !customer.isRecordedInClear else { throw .recordedInClear(subject) }
    return .events([
      .subjectErased(
        SubjectErased(
          subjectID: subject, reason: command.reason, erasedBy: facts.actor,
          keyFingerprint: keyFingerprint))
    ])
  }
}
