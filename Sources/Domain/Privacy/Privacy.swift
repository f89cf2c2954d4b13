// Whose data must go and whose must stay: the tenant's erased persons, and the legal holds that
// keep others from being erased. It is one stream for the whole tenant, so that an erasure and a
// hold for the same person are decided one after the other, and never past each other.

public import EventSourcing
public import Events

/// Who was erased, and who may not be.
public struct Privacy: Aggregate, Codable, Equatable {
  public private(set) var erased: Set<SubjectID> = []
  /// The cases under a legal hold, and whom each protects from erasure.
  public private(set) var protected: [CaseID: SubjectID] = [:]

  public init() {}

  public mutating func evolve(_ event: PrivacyEvent) throws(InconsistentHistory) {
    switch event {
    case .subjectErased(let event):
      try require(
        !protected.values.contains(event.subjectID), "\(event.subjectID) erased despite a hold")
      try require(erased.insert(event.subjectID).inserted, "\(event.subjectID) erased twice")
    case .erasureBlocked(let event):
      try require(
        protected.updateValue(event.subjectID, forKey: event.caseID) == nil,
        "case \(event.caseID) put on hold twice")
    case .erasureUnblocked(let event):
      try require(
        protected.removeValue(forKey: event.caseID) == event.subjectID,
        "a hold released that was not there, of case \(event.caseID)")
    }
  }
}

/// Refuses events that hold personal data of an erased person.
public func checkPersons(in events: [Event], privacy: Privacy) throws(PrivacyRejection) {
  if privacy.erased.isEmpty { return }
  for var event in events {
    let type = event.type
    try event.mapPersonal { (text, field, subject) throws(PrivacyRejection) in
      try privacy.checkPerson(subject, field, type)
      return text
    }
  }
}

/// The same for a command, so that the rejection names the command's own field.
public func checkPersons(
  in command: Command, privacy: Privacy
) throws(PrivacyRejection) {
  if privacy.erased.isEmpty { return }
  var command = command
  let type = command.type
  try command.mapPersonal { (text, field, subject) throws(PrivacyRejection) in
    try privacy.checkPerson(subject, field, type)
    return text
  }
}

extension Privacy {
  /// The same for a customer's words about a return, whose command does not name the customer.
  public func checkWords(
    of command: RequestReturn, by customer: CustomerID
  ) throws(PrivacyRejection) {
    let subject = SubjectID(unchecked: customer.rawValue)
    guard command.customerWords == nil || !erased.contains(subject) else {
      throw .personErased(subject, field: "lines[].reason.description", of: RequestReturn.typeName)
    }
  }

  fileprivate func checkPerson(
    _ subject: String, _ field: PersonalField, _ type: String
  ) throws(PrivacyRejection) {
    let subject = SubjectID(unchecked: subject)
    guard !erased.contains(subject) else {
      throw .personErased(subject, field: field.key, of: type)
    }
  }
}

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

  /// Keeps a case, and the customer whose case it is, from being erased.
  public static func placeLegalHold(
    _ command: PlaceLegalHold, privacy: Privacy, case supportCase: SupportCase, facts: Facts
  ) throws -> Decision {
    guard let customerID = supportCase.customerID else {
      throw CaseRejection.unknownCase(command.caseID)
    }
    guard !supportCase.isUnderLegalHold else {
      return .unchanged(reason: "The case is under a legal hold already.")
    }
    let subject = SubjectID(unchecked: customerID.rawValue)
    guard !privacy.erased.contains(subject) else {
      throw PrivacyRejection.nothingToHold(command.caseID, subject)
    }
    return .events([
      .legalHoldPlaced(
        LegalHoldPlaced(caseID: command.caseID, reason: command.reason, placedBy: facts.actor)),
      .erasureBlocked(ErasureBlocked(subjectID: subject, caseID: command.caseID)),
    ])
  }

  /// Ends a case's legal hold.
  public static func releaseLegalHold(
    _ command: ReleaseLegalHold, privacy: Privacy, case supportCase: SupportCase, facts: Facts
  ) throws -> Decision {
    guard let customerID = supportCase.customerID else {
      throw CaseRejection.unknownCase(command.caseID)
    }
    guard supportCase.isUnderLegalHold else {
      return .unchanged(reason: "The case is under no legal hold.")
    }
    return .events([
      .legalHoldReleased(
        LegalHoldReleased(
          caseID: command.caseID, reason: command.reason, releasedBy: facts.actor)),
      .erasureUnblocked(
        ErasureUnblocked(
          subjectID: SubjectID(unchecked: customerID.rawValue), caseID: command.caseID)),
    ])
  }
}
