// C1: the stages of a case, every transition of them, allowed and refused.

import Domain
import EventSourcing
import Events
import Testing

struct CaseStatesTests {
  static let inProgress: [CaseStatus] = [
    .awaitingCustomer, .awaitingSeller, .investigating, .decisionPending, .escalated,
  ]
  static let resolved: [CaseStatus] = [.resolved, .refunded, .denied, .goodwill]

  @Test(.accepts("C1"), .refuses("C1"), arguments: CaseStatus.allCases, CaseStatus.allCases)
  func `changing the status leads from open and in progress to in progress only`(
    from: CaseStatus, to: CaseStatus
  ) {
    let story = given(acme(), supportCase(in: from))
    #expect(story.cases["sca_9"]?.status == from)
    let answer = story.when(CaseTests.become(to))
    if from == .closed {
      answer.thenRejected(.stage(.closed("sca_9")))
    } else if from == to {
      answer.thenUnchanged()
    } else if (from == .open || Self.inProgress.contains(from)) && Self.inProgress.contains(to) {
      #expect(answer.happens().cases["sca_9"]?.status == to)
    } else {
      answer.thenRejected(.stage(.notByChangingStatus(from: from, to: to)))
    }
  }

  @Test(
    .accepts("C1"), .refuses("C1", "C5"), arguments: CaseStatus.allCases, CaseResolution.allCases)
  func `only a case in progress is resolved`(from: CaseStatus, resolution: CaseResolution) {
    let answer = given(acme(), supportCase(in: from)).when(CaseTests.resolve(resolution))
    if from == .closed {
      answer.thenRejected(.stage(.closed("sca_9")))
    } else if !Self.inProgress.contains(from) {
      answer.thenRejected(.stage(.notInProgress("sca_9", status: from)))
    } else if resolution == .refunded {
      answer.thenRejected(.end(.nothingRefunded("sca_9")))
    } else {
      #expect(answer.happens().cases["sca_9"]?.status == resolution.status)
    }
  }

  @Test(.accepts("C1"), .refuses("C1"), arguments: CaseStatus.allCases)
  func `only a resolved case is reopened`(from: CaseStatus) {
    let answer = given(acme(), supportCase(in: from)).when(CaseTests.reopen)
    if from == .closed {
      answer.thenRejected(.stage(.closed("sca_9")))
    } else if Self.resolved.contains(from) {
      #expect(answer.happens().cases["sca_9"]?.status == .investigating)
    } else {
      answer.thenRejected(.stage(.notResolved("sca_9", status: from)))
    }
  }

  @Test(.accepts("C1"), .refuses("C1"), arguments: CaseStatus.allCases)
  func `only a resolved case is closed, which is final`(from: CaseStatus) {
    let answer = given(acme(), supportCase(in: from))
      .when(.closeCase(CloseCase(caseID: "sca_9")))
    if from == .closed {
      answer.thenUnchanged()
    } else if Self.resolved.contains(from) {
      #expect(answer.happens().cases["sca_9"]?.status == .closed)
    } else {
      answer.thenRejected(.stage(.notResolved("sca_9", status: from)))
    }
  }

  @Test func `a refusal names the command that would be right`() {
    func detail(_ from: CaseStatus, _ to: CaseStatus) -> String {
      CaseRejection.stage(.notByChangingStatus(from: from, to: to)).detail
    }
    #expect(detail(.open, .refunded).contains("ResolveCase"))
    #expect(detail(.open, .closed).contains("CloseCase"))
    #expect(detail(.resolved, .closed).contains("CloseCase"))
    #expect(detail(.denied, .investigating).contains("ReopenCase"))
  }
}
