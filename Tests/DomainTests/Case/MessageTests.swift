// Messages, M1 and M2: who writes as whom, and what a message moves.

import Domain
import EventSourcing
import Events
import Testing

struct MessageTests {
  static let shop: Actor = "service/marketplace"

  static func write(
    _ body: String = "Both were cracked.", as role: AuthorRole, author: AuthorID? = nil,
    id: MessageID = "smg_1", of customer: CustomerID = "cus_5",
    attachments: [NewAttachment]? = nil
  ) -> Command {
    .postMessage(
      PostMessage(
        messageID: id, caseID: "sca_9", customerID: customer, authorRole: role, author: author,
        body: body, attachments: attachments))
  }

  static func posted(
    as role: AuthorRole, _ author: AuthorID, _ body: String = "Both were cracked.",
    attachments: [Events.Attachment] = []
  ) -> Event {
    .messagePosted(
      MessagePosted(
        messageID: "smg_1", caseID: "sca_9", customerID: "cus_5", authorRole: role,
        author: author, body: body, attachments: attachments, postedAt: noon))
  }

  /// An actor who writes in this role, with the author the command has to name.
  static func writer(_ role: AuthorRole) -> (actor: Actor, named: AuthorID?, author: AuthorID) {
    switch role {
    case .buyer: (customer, nil, "cus_5")
    case .agent: (agent, nil, "usr_17")
    case .seller, .studioOwner, .creator: (shop, "sel_1", "sel_1")
    case .system: ("system/reminders", nil, "reminders")
    }
  }

  // MARK: Who

  @Test(arguments: AuthorRole.allCases)
  func `everybody writes in the role they have`(role: AuthorRole) {
    let writer = Self.writer(role)
    given(open).when(Self.write(as: role, author: writer.named), by: writer.actor)
      .then([Self.posted(as: role, writer.author)])
  }

  @Test(arguments: AuthorRole.allCases, Actor.Kind.allCases)
  func `an actor writes in its own role only`(role: AuthorRole, kind: Actor.Kind) {
    let actor: Actor =
      switch kind {
      case .customer: customer
      case .agent: agent
      case .service: Self.shop
      case .system: "system/reminders"
      }
    let named: AuthorID? = role.isSeller ? "sel_1" : nil
    let answer = given(open).when(Self.write(as: role, author: named), by: actor)
    let isAllowed =
      switch role {
      case .buyer: kind == .customer
      case .agent: kind == .agent
      case .seller, .studioOwner, .creator: kind == .service
      case .system: kind == .service || kind == .system
      }
    if isAllowed {
      answer.happens()
    } else {
      answer.thenRejected(MessageRejection.author(.notInThisRole(role, actor)))
    }
  }

  @Test(.refuses("C2")) func `C2: customers write in their own cases only`() {
    given(open).when(Self.write(as: .buyer), by: "customer/cus_6")
      .thenRejected(MessageRejection.anotherCustomersCase("sca_9"))
    given(open).when(Self.write(as: .agent, of: "cus_6"), by: agent)
      .thenRejected(MessageRejection.caseOfAnotherCustomer("sca_9", given: "cus_6"))
  }

  @Test func `an actor writes in its own name only, and a seller has one`() {
    given(open).when(Self.write(as: .buyer, author: "cus_6"), by: customer)
      .thenRejected(MessageRejection.author(.anotherAuthor("cus_6", customer)))
    given(open).when(Self.write(as: .agent, author: "usr_18"), by: agent)
      .thenRejected(MessageRejection.author(.anotherAuthor("usr_18", agent)))
    given(open).when(Self.write(as: .agent, author: "usr_17"), by: agent)
      .then([Self.posted(as: .agent, "usr_17")])
    given(open).when(Self.write(as: .seller), by: Self.shop)
      .thenRejected(MessageRejection.author(.authorMissing(.seller)))
  }

  @Test(.accepts("C1"), .refuses("C1"), arguments: CaseStatus.allCases)
  func `C1: messages are written until a case is closed`(status: CaseStatus) {
    let answer = given(acme(), order, supportCase(in: status)).when(
      Self.write(as: .agent), by: agent)
    if status == .closed {
      answer.thenRejected(MessageRejection.caseClosed("sca_9"))
    } else {
      answer.then([Self.posted(as: .agent, "usr_17")])
    }
  }

  @Test func `a message is written once, in a case that there is`() {
    given(open + [Self.posted(as: .agent, "usr_17")]).when(Self.write(as: .agent), by: agent)
      .thenRejected(MessageRejection.alreadyPosted("smg_1"))
    given(acme()).when(Self.write(as: .agent), by: agent)
      .thenRejected(MessageRejection.unknownCase("sca_9"))
    HistoryTests.refused(
      Self.posted(as: .agent, "usr_17"), after: open + [Self.posted(as: .agent, "usr_17")])
    HistoryTests.refused(Self.posted(as: .agent, "usr_17"), after: supportCase(in: .closed))
  }

  @Test func `a message has at most 16 KiB, counted in bytes`() {
    let longest = String(repeating: "é", count: 8_192)
    given(open).when(Self.write(longest, as: .agent), by: agent)
      .then([Self.posted(as: .agent, "usr_17", longest)])
    given(open).when(Self.write(longest + ".", as: .agent), by: agent)
      .thenRejected(MessageRejection.tooLong(byteCount: 16_385))
  }

  @Test func `what a message says is not in the case's state`() {
    let secret = "My neighbour's name is Robin."
    let story = given(open).when(Self.write(secret, as: .agent), by: agent).happens()
    #expect(!"\(story.cases)".contains("Robin"))
  }

  // MARK: M2

  @Test(.accepts("M2"), .refuses("M2"), arguments: CaseStatus.allCases, AuthorRole.allCases)
  func `M2: the awaited party has written, and the case goes on`(
    status: CaseStatus, role: AuthorRole
  ) {
    guard status != .closed else { return }
    let writer = Self.writer(role)
    let isAwaited =
      status == .awaitingCustomer && role == .buyer
      || status == .awaitingSeller && [.seller, .studioOwner, .creator].contains(role)
    let moved: Event = .caseStatusChanged(
      CaseStatusChanged(caseID: "sca_9", from: status, to: .investigating))
    let story = given(acme(), order, supportCase(in: status))
      .when(Self.write(as: role, author: writer.named), by: writer.actor)
      .then([Self.posted(as: role, writer.author)] + (isAwaited ? [moved] : []))
    #expect(story.cases["sca_9"]?.status == (isAwaited ? .investigating : status))
  }

  @Test func `blanks are no message`() {
    for body in [" ", "\n\t ", ""] {
      given(open).when(Self.write(body, as: .agent), by: agent)
        .thenRejected(MessageRejection.nothingSaid)
    }
  }
}
