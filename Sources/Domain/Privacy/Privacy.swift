// Whose data must go and whose must stay: the tenant's erased persons, and the legal holds that
// keep others from being erased. It is one stream for the whole tenant, so that an erasure and a
// hold for the same person are decided one after the other, and never past each other.

public import EventSourcing
public import Events

/// Who was erased, and who may not be.
public struct Privacy: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 1

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

extension Privacy {
  /// The check of a customer's words about a return, whose command does not name the customer.
  public func checkWords(
    of command: RequestReturn, by customer: CustomerID
  ) throws(PrivacyRejection) {
    let subject = SubjectID(unchecked: customer.rawValue)
    guard command.customerWords == nil || !erased.contains(subject) else {
      throw .personErased(subject, field: "lines[].reason.description", of: RequestReturn.typeName)
    }
  }

  func checkPerson(
    _ subject: String, _ field: PersonalField, _ type: String
  ) throws(PrivacyRejection) {
    let subject = SubjectID(unchecked: subject)
    guard !erased.contains(subject) else {
      throw .personErased(subject, field: field.key, of: type)
    }
  }
}
