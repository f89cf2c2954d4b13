// Seals and opens all personal texts of an event, and hashes those of a command.

internal import Cryptography
public import EventSourcing
public import Events

extension PersonalVault {
  /// Seals the personal texts of an event.
  ///
  /// - Throws: ``PersonalDataError/erased(_:)`` when it has personal data of an erased person.
  public func seal(_ event: inout RecordedEvent) throws(PersonalDataError) {
    var sealed = event.event
    try sealed.mapPersonal { (text, field, subject) throws(PersonalDataError) in
      try seal(
        text, of: Person(subject, of: event.tenant), at: event.place(of: field),
        position: event.position)
    }
    event.event = sealed
  }

  /// Opens the personal texts of an event; a fixed text replaces those that cannot be opened any
  /// more.
  ///
  /// - Throws: ``PersonalDataError/damaged(_:_:)``.
  public func open(_ event: inout RecordedEvent) throws(PersonalDataError) {
    var opened = event.event
    try opened.mapPersonal { (text, field, subject) throws(PersonalDataError) in
      let person = Person(subject, of: event.tenant)
      let place = event.place(of: field)
      switch try read(text, of: person, at: place, position: event.position) {
      case .clear(let text), .opened(let text): return text
      case .erased: return PersonalText.erased
      case .keyMissing: return PersonalText.keyMissing
      case .damaged: throw .damaged(person, place)
      }
    }
    event.event = opened
  }

  /// Opens a detail of a customer; ``PersonalText/keyMissing`` replaces one that cannot be opened
  /// any more, so that it differs from every other text.
  ///
  /// - Parameter revision: the detail's revision in the customer's stream.
  public func openDetail(
    _ text: String, _ field: String, of customer: CustomerID, in tenant: TenantID, revision: Int
  ) throws(PersonalDataError) -> String {
    let place = PersonalPlace(
      tenant: tenant, stream: Subject.customer(customer).stream,
      revision: Revision(UInt64(revision)), field: field)
    let person = Person(customer.rawValue, of: tenant)
    // Where the key does not open it, the cause makes no difference, so no position is needed.
    switch try read(text, of: person, at: place, position: Position(.max)) {
    case .clear(let text), .opened(let text): return text
    case .erased, .keyMissing, .damaged: return PersonalText.keyMissing
    }
  }

  /// The hash that identifies a command's content, with its personal part.
  ///
  /// - Parameters:
  ///   - rest: the hash of the other content.
  ///   - words: a personal text beside the personal fields, and its person.
  ///   - position: the first use of a key that is created now; `nil` creates none.
  ///   - mayMake: whether a person may get a key.
  /// - Returns: `nil` when a key that it needs is not there.
  public func contentHash(
    of command: SubmittedCommand, rest: CommandHash,
    words: (text: String, subject: String)? = nil, makingAt position: Position? = nil,
    mayMake: (_ subject: String) -> Bool = { _ in true }
  ) throws(PersonalDataError) -> CommandHash? {
    var parts: [UInt8] = []
    var isPersonal = false
    var isWhole = true
    func add(_ text: String, _ key: String, _ subject: String) throws(PersonalDataError) {
      isPersonal = true
      let bytes = [UInt8](lines: "command", command.id.rawValue, key, text)
      let digest = try hash(
        bytes, of: Person(subject, of: command.tenant),
        makingAt: mayMake(subject) ? position : nil)
      if let digest { parts += digest.bytes } else { isWhole = false }
    }
    var copy = command.command
    try copy.mapPersonal { (text, field, subject) throws(PersonalDataError) in
      try add(text, field.key, subject)
      return text
    }
    if let words { try add(words.text, "customerWords", words.subject) }
    guard isPersonal else { return rest }
    return isWhole ? rest.withPersonalPart(SHA256.hash(parts).bytes) : nil
  }
}

extension RecordedEvent {
  fileprivate func place(of field: PersonalField) -> PersonalPlace {
    PersonalPlace(tenant: tenant, stream: stream, revision: revision, field: field.key)
  }
}
