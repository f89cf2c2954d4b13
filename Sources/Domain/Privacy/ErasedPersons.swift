// Nothing personal of an erased person is recorded: the checks of events and commands.

import EventSourcing
public import Events

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
