// Erasing a person, and the legal holds that stand in the way.

import Domain
import EventSourcing
import Events
import Testing

struct PrivacyTests {
  static let fingerprint: KeyFingerprint = KeyFingerprint(
    unchecked: "0f6e5a1b2c3d4e5f60718293a4b5c6d7")
  static let erase: Command = .eraseSubject(EraseSubject(subjectID: "cus_5", reason: "Asked for"))
  static let place: Command = .placeLegalHold(PlaceLegalHold(caseID: "sca_9", reason: "Lawsuit"))
  static let release: Command = .releaseLegalHold(
    ReleaseLegalHold(caseID: "sca_9", reason: "Settled"))

  private let registered: [Event] = [
    .customerRegistered(
      CustomerRegistered(customerID: "cus_5", email: "enc:v1:cus_5:AAAA", firstName: nil))
  ]
  private let erased = SubjectErased(
    subjectID: "cus_5", reason: "Asked for", erasedBy: admin, keyFingerprint: fingerprint)
  private let placed: [Event] = [
    .legalHoldPlaced(LegalHoldPlaced(caseID: "sca_9", reason: "Lawsuit", placedBy: admin)),
    .erasureBlocked(ErasureBlocked(subjectID: "cus_5", caseID: "sca_9")),
  ]
  private let released: [Event] = [
    .legalHoldReleased(LegalHoldReleased(caseID: "sca_9", reason: "Settled", releasedBy: admin)),
    .erasureUnblocked(ErasureUnblocked(subjectID: "cus_5", caseID: "sca_9")),
  ]

  @Test func `a customer is erased, with the fingerprint of the key that goes`() {
    given(acme(), registered).when(Self.erase).then([.subjectErased(erased)])
  }

  @Test func `an agent is a person, too, who leaves first`() {
    let works = given(acme(), registered)
      .when(.addAgent(AddAgent(agentID: "cus_5", role: .agent))).happens()
    works.when(Self.erase).thenRejected(PrivacyRejection.worksHere("cus_5", role: .agent))
    works.when(.removeAgent(RemoveAgent(agentID: "cus_5"))).happens()
      .when(Self.erase).then([.subjectErased(erased)])
  }

  @Test func `a person is erased once`() {
    given(acme(), registered, [.subjectErased(erased)]).when(Self.erase).thenUnchanged()
  }

  @Test func `a mistyped name erases no person`() {
    given(acme(), registered).when(
      .eraseSubject(EraseSubject(subjectID: "cus_55", reason: "Asked for"))
    ).thenRejected(PrivacyRejection.unknownSubject("cus_55"))
  }

  @Test func `what was recorded in clear cannot be erased, and no event says so`() {
    let clear: [Event] = [
      .customerRegistered(CustomerRegistered(customerID: "cus_5", email: "robin@example.com"))
    ]
    given(acme(), clear).when(Self.erase)
      .thenRejected(PrivacyRejection.recordedInClear("cus_5"))
  }

  @Test func `only an admin erases`() {
    #expect(PermissionTests.rejection(of: Self.erase, by: admin) == nil)
    #expect(
      PermissionTests.rejection(of: Self.erase, by: agent)
        == .notInThisRole(agent, role: .agent, .erase))
    #expect(
      PermissionTests.rejection(of: Self.erase, by: customer)
        == .customersMayOnlyAsk(customer, .erase))
  }

  @Test func `nothing personal is recorded of an erased person`() {
    let story = given(acme(), registered, [.subjectErased(erased)])
    story.when(
      .changeCustomerDetails(
        ChangeCustomerDetails(customerID: "cus_5", email: "robin@example.com"))
    ).thenRejected(
      PrivacyRejection.personErased("cus_5", field: "email", of: "ChangeCustomerDetails"))
    story.when(
      .recordOrder(
        RecordOrder(
          orderID: "o1", customerID: "cus_5", customerEmail: "robin@example.com", source: .api,
          currency: "GBP", placedAt: placedAt, lines: []))
    ).thenRejected(
      PrivacyRejection.personErased("cus_5", field: "customerEmail", of: "RecordOrder"))
  }

  @Test func `no event takes personal text of an erased person, whatever the command says`() throws
  {
    let privacy = given(acme(), registered, [.subjectErased(erased)]).privacy
    let personal = CustomerDetailsChanged(customerID: "cus_5", email: "robin@example.com")
    func check(_ command: Command, _ decision: Decision) throws -> Decision {
      try checkingPersons(in: command, privacy: privacy) { decision }
    }
    let innocent = Command.openCase(CaseTests.open)
    #expect(
      throws: PrivacyRejection.personErased("cus_5", field: "email", of: "CustomerDetailsChanged")
    ) { try check(innocent, .events([.customerDetailsChanged(personal)])) }
    #expect(
      throws: PrivacyRejection.personErased("cus_5", field: "email", of: "ChangeCustomerDetails")
    ) {
      try check(
        .changeCustomerDetails(
          ChangeCustomerDetails(customerID: "cus_5", email: "robin@example.com")),
        .unchanged(reason: "It has that address already."))
    }
    #expect(
      try check(innocent, .events([.subjectErased(erased)])) == .events([.subjectErased(erased)]))
  }

  @Test func `what is not personal is still recorded of an erased person`() {
    given(acme(), order, [.subjectErased(erased)]).when(.openCase(CaseTests.open), by: admin)
      .happens()
  }

  @Test func `a legal hold on a case keeps its customer from being erased, and says which case`() {
    given(acme(), registered, order, caseOpened, placed).when(Self.erase)
      .thenRejected(PrivacyRejection.legalHold("cus_5", cases: ["sca_9"]))
  }

  @Test func `once it is released, the customer can be erased`() {
    given(acme(), registered, order, caseOpened, placed, released).when(Self.erase)
      .then([.subjectErased(erased)])
  }

  @Test func `a hold on another customer's case keeps no other person`() {
    let another: Event = .customerRegistered(
      CustomerRegistered(customerID: "cus_6", email: "enc:v1:cus_6:AAAA"))
    given(acme(), registered, [another], order, caseOpened, placed)
      .when(.eraseSubject(EraseSubject(subjectID: "cus_6", reason: "Asked for"))).happens()
  }

  @Test func `a legal hold is placed on a case and for its customer at once`() {
    given(acme(), order, caseOpened).when(Self.place).then(placed)
  }

  @Test func `a legal hold is placed once and released once`() {
    given(acme(), order, caseOpened, placed).when(Self.place).thenUnchanged()
    given(acme(), order, caseOpened, placed).when(Self.release).then(released)
    given(acme(), order, caseOpened).when(Self.release).thenUnchanged()
  }

  @Test func `there is nothing to hold of an erased person`() {
    given(acme(), registered, order, caseOpened, [.subjectErased(erased)]).when(Self.place)
      .thenRejected(PrivacyRejection.nothingToHold("sca_9", "cus_5"))
  }

  @Test func `a legal hold needs a case`() {
    given(acme()).when(Self.place).thenRejected(CaseRejection.unknownCase("sca_9"))
    given(acme()).when(Self.release).thenRejected(CaseRejection.unknownCase("sca_9"))
  }
}
