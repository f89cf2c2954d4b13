// Why a person is not erased, or nothing more is recorded of an erased person.

public import Events

/// Erasure and legal holds.
public enum PrivacyRejection: Rejection {
  case personErased(SubjectID, field: String, of: String)
  case unknownSubject(SubjectID)
  case worksHere(SubjectID, role: AgentRole)
  case legalHold(SubjectID, cases: [CaseID])
  case recordedInClear(SubjectID)
  case nothingToHold(CaseID, SubjectID)

  public var explanation: Explanation {
    switch self {
    case .personErased(let subject, let field, let type):
      Explanation(
        "Erasure", SharedRefusal.personErased,
        "\(subject) was erased, and nothing personal of them is recorded any more. Leave out "
          + "\(field), or give the person a new id.",
        ["subject": subject, "field": field, "command": type])
    case .unknownSubject(let subject):
      Explanation(
        "Erasure", PrivacyRefusal.unknownSubject,
        "\(subject) is neither a customer nor an agent of the tenant, and nothing personal was "
          + "ever recorded under that id.",
        ["subject": subject])
    case .worksHere(let subject, let role):
      Explanation(
        "Erasure", PrivacyRefusal.worksHere,
        "\(subject) works for the tenant, as \(role.rawValue). RemoveAgent comes first.",
        ["subject": subject, "role": role.rawValue])
    case .legalHold(let subject, let cases):
      Explanation(
        "Legal hold", PrivacyRefusal.legalHold,
        "\(subject) cannot be erased while there is a legal hold on "
          + cases.prefix(20).map { "case \($0)" }.joined(separator: ", ")
          + ". ReleaseLegalHold ends one.",
        ["subject": subject, "case": cases[0], "caseCount": cases.count])
    case .recordedInClear(let subject):
      Explanation(
        "Erasure", PrivacyRefusal.recordedInClear,
        "The details of \(subject) were recorded before personal data was encrypted. The log "
          + "cannot be rewritten, so they cannot be erased.",
        ["subject": subject])
    case .nothingToHold(let caseID, let subject):
      Explanation(
        "Legal hold", SharedRefusal.personErased,
        "\(subject), whose case \(caseID) is, was erased: there is nothing left to hold.",
        ["case": caseID, "subject": subject])
    }
  }
}
