// Legal holds of cases: while one holds, the customer of its case is not erased.

import EventSourcing
public import Events

extension Privacy {
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
