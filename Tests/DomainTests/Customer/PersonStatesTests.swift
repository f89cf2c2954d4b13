// The states of a customer, and of what may be done with a person's key: every transition of each,
// allowed and refused.

import Domain
import EventSourcing
import Events
import Testing

struct PersonStatesTests {
  enum State: String, CaseIterable {
    case unknown, known, held, erased
  }

  private func story(_ state: State) -> Story {
    let registered = Event.customerRegistered(
      CustomerRegistered(customerID: "cus_5", email: "enc:v1:cus_5:AAAA"))
    let held: [Event] = [
      .legalHoldPlaced(LegalHoldPlaced(caseID: "sca_9", reason: "Lawsuit", placedBy: admin)),
      .erasureBlocked(ErasureBlocked(subjectID: "cus_5", caseID: "sca_9")),
    ]
    let erased = Event.subjectErased(
      SubjectErased(
        subjectID: "cus_5", reason: "Asked for", erasedBy: admin,
        keyFingerprint: PrivacyTests.fingerprint))
    switch state {
    case .unknown: return given(acme())
    case .known: return given(acme(), [registered], order, caseOpened)
    case .held: return given(acme(), [registered], order, caseOpened, held)
    case .erased: return given(acme(), [registered], order, caseOpened, [erased])
    }
  }

  private func register(_ email: String?) -> Command {
    .registerCustomer(RegisterCustomer(customerID: "cus_5", email: email))
  }

  private func change(_ email: String?) -> Command {
    .changeCustomerDetails(ChangeCustomerDetails(customerID: "cus_5", email: email))
  }

  @Test(arguments: State.allCases) func `a customer is registered once`(state: State) {
    let another = story(state).when(register("kim@example.com"))
    let same = story(state).when(register("enc:v1:cus_5:AAAA"))
    let bare = story(state).when(register(nil))
    switch state {
    case .unknown:
      #expect(another.happens().customers["cus_5"]?.isRegistered == true)
      #expect(bare.happens().customers["cus_5"]?.isRegistered == true)
    case .known, .held:
      another.thenRejected(CustomerRejection.alreadyRegistered("cus_5"))
      same.thenUnchanged()
      bare.thenRejected(CustomerRejection.alreadyRegistered("cus_5"))
    case .erased:
      for answer in [another, same] {
        answer.thenRejected(
          PrivacyRejection.personErased("cus_5", field: "email", of: "RegisterCustomer"))
      }
      bare.thenRejected(CustomerRejection.alreadyRegistered("cus_5"))
    }
  }

  @Test(arguments: State.allCases)
  func `details are changed of whom is known and not erased`(state: State) {
    let answer = story(state).when(change("kim@example.com"))
    let nothing = story(state).when(change(nil))
    switch state {
    case .unknown:
      answer.thenRejected(CustomerRejection.notRegistered("cus_5"))
      nothing.thenRejected(CustomerRejection.notRegistered("cus_5"))
    case .known, .held:
      #expect(answer.happens().customers["cus_5"]?.details.email?.text == "kim@example.com")
      nothing.thenUnchanged()
    case .erased:
      answer.thenRejected(
        PrivacyRejection.personErased("cus_5", field: "email", of: "ChangeCustomerDetails"))
      nothing.thenUnchanged()
    }
  }

  @Test(arguments: State.allCases)
  func `tags are given to registered customers, and are not personal`(state: State) {
    let tags = Command.setCustomerTags(SetCustomerTags(customerID: "cus_5", tags: ["vip"]))
    let answer = story(state).when(tags)
    if state == .unknown {
      answer.thenRejected(CustomerRejection.notRegistered("cus_5"))
    } else {
      let tagged = answer.happens()
      #expect(tagged.customers["cus_5"]?.tags == ["vip"])
      tagged.when(tags).thenUnchanged()
    }
  }

  @Test(arguments: State.allCases)
  func `a person is erased once, and not while a case is held`(state: State) {
    let answer = story(state).when(PrivacyTests.erase)
    switch state {
    case .unknown: answer.thenRejected(PrivacyRejection.unknownSubject("cus_5"))
    case .known: answer.happens().when(PrivacyTests.erase).thenUnchanged()
    case .held: answer.thenRejected(PrivacyRejection.legalHold("cus_5", cases: ["sca_9"]))
    case .erased: answer.thenUnchanged()
    }
  }

  @Test(arguments: State.allCases)
  func `a case is held once, and not for an erased person`(state: State) {
    let placed = story(state).when(PrivacyTests.place)
    let released = story(state).when(PrivacyTests.release)
    switch state {
    case .unknown:
      placed.thenRejected(CaseRejection.unknownCase("sca_9"))
      released.thenRejected(CaseRejection.unknownCase("sca_9"))
    case .known:
      placed.happens().when(PrivacyTests.erase)
        .thenRejected(PrivacyRejection.legalHold("cus_5", cases: ["sca_9"]))
      released.thenUnchanged()
    case .held:
      placed.thenUnchanged()
      _ = released.happens().when(PrivacyTests.erase).happens()
    case .erased:
      placed.thenRejected(PrivacyRejection.nothingToHold("sca_9", "cus_5"))
      released.thenUnchanged()
    }
  }
}
