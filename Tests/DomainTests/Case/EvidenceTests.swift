// Evidence on a case's record: which bytes, under which key, for what.

import Domain
import EventSourcing
import Events
import Testing

struct EvidenceTests {
  static let digest = ContentDigest(unchecked: String(repeating: "9f", count: 32))
  static let otherDigest = ContentDigest(unchecked: String(repeating: "8e", count: 32))
  static let jpeg = MediaType(unchecked: "image/jpeg")
  static let recorded = Evidence(sha256: digest, byteCount: 48_213, mediaType: jpeg)

  static func attaching(_ change: (inout AttachEvidence) -> Void = { _ in }) -> Command {
    var command = AttachEvidence(
      caseID: "sca_9", customerID: "cus_5", evidenceKey: "sev_1", sha256: digest, bytes: 48_213,
      mime: jpeg)
    change(&command)
    return .attachEvidence(command)
  }

  static func attached(
    by actor: Actor = admin, _ change: (inout EvidenceAttached) -> Void = { _ in }
  ) -> [Event] {
    var event = EvidenceAttached(
      caseID: "sca_9", customerID: "cus_5", evidenceKey: "sev_1", sha256: digest, bytes: 48_213,
      mime: jpeg, attachedBy: actor)
    change(&event)
    return [.evidenceAttached(event)]
  }

  static let attach = attaching()
  static let attached = attached()

  static func shown(_ key: EvidenceKey, _ digest: ContentDigest = digest) -> NewAttachment {
    NewAttachment(evidenceKey: key, sha256: digest, bytes: 48_213, mime: jpeg)
  }

  @Test(.refuses("C2")) func `customers put evidence on the record of their own cases`() {
    given(open).when(Self.attach, by: customer).then(Self.attached(by: customer))
    given(open).when(Self.attach, by: "customer/cus_6")
      .thenRejected(MessageRejection.anotherCustomersCase("sca_9"))
    given(open).when(Self.attaching { $0.customerID = "cus_6" })
      .thenRejected(MessageRejection.caseOfAnotherCustomer("sca_9", given: "cus_6"))
    given(acme()).when(Self.attach).thenRejected(MessageRejection.unknownCase("sca_9"))
  }

  @Test(.accepts("C1"), .refuses("C1"), arguments: CaseStatus.allCases)
  func `C1: evidence is attached until a case is closed`(status: CaseStatus) {
    let answer = given(acme(), order, supportCase(in: status)).when(Self.attach)
    if status == .closed {
      answer.thenRejected(MessageRejection.caseClosed("sca_9"))
    } else {
      answer.then(Self.attached)
    }
  }

  @Test func `a key names the same bytes for ever`() {
    let story = given(open, Self.attached)
    story.when(Self.attach).thenUnchanged()
    let other = MessageRejection.evidence(.otherEvidence("sev_1", recorded: Self.recorded))
    story.when(Self.attaching { $0.sha256 = Self.otherDigest }).thenRejected(other)
    story.when(Self.attaching { $0.bytes = 48_214 }).thenRejected(other)
    story.when(Self.attaching { $0.mime = MediaType(unchecked: "image/png") }).thenRejected(other)
    story.when(MessageTests.write(as: .agent, attachments: [Self.shown("sev_1", Self.otherDigest)]))
      .thenRejected(other)
    HistoryTests.refused(Self.attached[0], after: open + Self.attached)
  }

  @Test func `evidence belongs to a message of the case, or to a line of a return`() {
    given(open).when(Self.attaching { $0.messageID = "smg_1" })
      .thenRejected(MessageRejection.evidence(.unknownMessage("smg_1", "sca_9")))
    given(open, [MessageTests.posted(as: .agent, "usr_17")])
      .when(Self.attaching { $0.messageID = "smg_1" })
      .then(Self.attached { $0.messageID = "smg_1" })
    given(open).when(Self.attaching { $0.lineID = "1" })
      .thenRejected(MessageRejection.evidence(.lineWithoutReturn("1")))
    func ofReturn(_ command: inout AttachEvidence) {
      command.returnID = "ret_1"
      command.lineID = "1"
    }
    given(open).when(Self.attaching(ofReturn))
      .thenRejected(MessageRejection.evidence(.unknownReturn("ret_1", "sca_9")))
    aReturn(in: .requested).when(Self.attaching(ofReturn)).then(
      Self.attached {
        $0.returnID = "ret_1"
        $0.lineID = "1"
      })
    HistoryTests.refused(Self.attached { $0.messageID = "smg_1" }[0], after: open)
  }

  @Test func `what a message shows is on record with it`() {
    let first = Events.Attachment(
      evidenceKey: "sev_1", sha256: Self.digest, bytes: 48_213, mime: Self.jpeg)
    var second = first
    second.evidenceKey = "sev_2"
    second.sha256 = Self.otherDigest
    given(open, Self.attached)
      .when(
        MessageTests.write(
          as: .buyer, attachments: [Self.shown("sev_1"), Self.shown("sev_2", Self.otherDigest)]),
        by: customer
      ).then(
        [
          MessageTests.posted(as: .buyer, "cus_5", attachments: [first, second])
        ]
          + Self.attached(by: customer) {
            $0.evidenceKey = "sev_2"
            $0.sha256 = Self.otherDigest
            $0.messageID = "smg_1"
          })
    given(open)
      .when(
        MessageTests.write(as: .agent, attachments: [Self.shown("sev_1"), Self.shown("sev_1")])
      ).thenRejected(MessageRejection.evidence(.attachedTwice("sev_1")))
  }
}
