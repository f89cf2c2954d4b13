// Messages of a case, M1 and M2: who may write as whom, and what a message moves. The state of the
// case does not hold their texts; the history does.

public import EventSourcing
public import Events

extension AuthorRole {
  /// The kinds of actors that write as such: the role follows from who it is.
  public var actorKinds: Set<Actor.Kind> {
    switch self {
    case .buyer: [.customer]
    case .agent: [.agent]
    // The seller's side is known to the marketplace, whose services speak for it.
    case .seller, .studioOwner, .creator: [.service]
    case .system: [.service, .system]
    }
  }

  /// Whether the seller's side writes (M2).
  public var isSeller: Bool { self == .seller || self == .studioOwner || self == .creator }
}

extension SupportCase {
  /// Writes a message, whose attachments come on record with it (M1, M2).
  ///
  /// - Precondition: the caller has made up ids where the sender gave none.
  public static func postMessage(
    _ command: PostMessage, case supportCase: SupportCase, facts: Facts
  ) throws(MessageRejection) -> Decision {
    let id = assigned(command.messageID)
    let header = try supportCase.requireOpenTo(command.customerID, command.caseID, facts)
    guard !supportCase.messageIDs.contains(id) else { throw .alreadyPosted(id) }
    let author = try author(of: command, facts: facts)
    let byteCount = command.body.utf8.count
    guard byteCount <= messageByteCountMax else { throw .tooLong(byteCount: byteCount) }
    // M1, M2: blanks are no answer.
    guard command.body.utf8.contains(where: { $0 > 0x20 }) else { throw .nothingSaid }
    let attached = try supportCase.attach(
      command.attachments ?? [], to: id, customer: header.customerID, facts: facts)
    var events: [Event] = [
      .messagePosted(
        MessagePosted(
          messageID: id, caseID: command.caseID, customerID: header.customerID,
          authorRole: command.authorRole, author: author, body: command.body,
          attachments: attached.attachments, postedAt: facts.now))
    ]
    events += attached.new.map { .evidenceAttached($0) }
    events += supportCase.change(
      of: command.caseID, to: supportCase.status.answered(by: command.authorRole))
    return .events(supportCase.withClocks(events, facts: facts))
  }

  /// Messages and evidence of its customer are added to a case until it is closed.
  func requireOpenTo(
    _ customer: CustomerID, _ id: CaseID, _ facts: Facts
  ) throws(MessageRejection) -> Header {
    guard let header else { throw .unknownCase(id) }
    guard facts.mayActFor(header.customerID) else { throw .anotherCustomersCase(id) }
    guard customer == header.customerID else {
      throw .caseOfAnotherCustomer(id, given: customer)
    }
    // C1: closed is final.
    guard status != .closed else { throw .caseClosed(id) }
    return header
  }

  /// A message is at most 16 KiB of Markdown.
  public static let messageByteCountMax = 16_384

  /// Who writes: customers, agents and the system themselves, a marketplace's service for a seller.
  private static func author(
    of command: PostMessage, facts: Facts
  ) throws(MessageRejection) -> AuthorID {
    let role = command.authorRole
    guard role.actorKinds.contains(facts.actor.kind) else {
      throw .author(.notInThisRole(role, facts.actor))
    }
    if role.isSeller {
      guard let author = command.author else { throw .author(.authorMissing(role)) }
      return author
    }
    let author = AuthorID(unchecked: facts.actor.name)
    guard command.author == nil || command.author == author else {
      throw .author(.anotherAuthor(command.author ?? author, facts.actor))
    }
    return author
  }

  mutating func post(_ event: MessagePosted) throws(InconsistentHistory) {
    try require(
      status != .closed && customerID == event.customerID
        && messageIDs.insert(event.messageID).inserted,
      "message \(event.messageID) in a case that cannot take it")
  }
}
