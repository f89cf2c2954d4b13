// The tables of a return's states and of its lines (rule book, Return), every transition of them,
// allowed and refused.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnStatesTests {
  typealias Name = ReturnRejection.Command

  /// Where each state leads, by which command; everything else is refused.
  static let table: [Return.Status: [Name: Return.Status]] = [
    .requested: [.approve: .approved, .reject: .rejected, .cancel: .cancelled],
    .approved: [
      .ship: .inTransit, .receive: .received, .cancel: .cancelled, .expire: .expired,
    ],
    .inTransit: [.receive: .received],
    .received: [.inspect: .inspected],
    .inspected: [.complete: .completed],
    .completed: [:], .rejected: [:], .cancelled: [:], .expired: [:],
  ]

  static func command(_ name: Name) -> Command {
    switch name {
    case .approve: approveReturn()
    case .reject: reject
    case .cancel: cancelReturn
    case .ship: shipped
    case .expire: expireReturn
    case .receive: receiving(came("1"))
    case .inspect: inspecting(found("1"))
    case .complete: complete()
    }
  }

  @Test(arguments: Return.Status.allCases, Name.allCases)
  func `each state leads where the table says and nowhere else`(
    status: Return.Status, name: Name
  ) {
    let story = aReturn(in: status)
    #expect(story.returns["ret_1"]?.status == status)
    let answer = story.when(Self.command(name), at: approvalEnd)
    if let next = Self.table[status]?[name] {
      #expect(answer.happens().returns["ret_1"]?.status == next)
    } else if name == .expire, status != .requested {
      // The command may be late.
      answer.thenUnchanged()
    } else {
      answer.thenRejected(ReturnRejection.notPossible(name, status: status))
    }
  }

  @Test(.refuses("V1"), arguments: Name.allCases)
  func `a return that was never requested is not known`(name: Name) {
    given(returning).when(Self.command(name))
      .thenRejected(ReturnRejection.unknownReturn("ret_1"))
  }

  @Test(.refuses("V1")) func `a return is requested once`() {
    for status in Return.Status.allCases {
      aReturn(in: status).when(returning([("2", 1)]))
        .thenRejected(ReturnRejection.alreadyRequested("ret_1"))
    }
  }

  // MARK: Reception of a line

  /// A return of two holders and the lantern: approved, and something known of the holders or not.
  static func story(_ reception: Return.LineReception) -> Story {
    let approved = given(returning).when(returning([("1", 2), ("2", 1)])).happens()
      .when(approveReturn()).happens()
    switch reception {
    case .awaiting: return approved
    case .received: return approved.when(receiving(came("1"))).happens()
    case .shortShipped: return approved.when(receiving(came("1", .shortShipped, 1))).happens()
    case .lostInTransit: return approved.when(receiving(came("1", .lostInTransit))).happens()
    }
  }

  @Test(
    arguments: Return.LineReception.allCases, [Reception.received, .shortShipped, .lostInTransit])
  func `what came of a line is said once`(before: Return.LineReception, after: Reception) {
    let story = Self.story(before)
    #expect(story.returns["ret_1"]?.lines[0].reception == before)
    let answer = story.when(receiving(came("1", after)))
    guard before == .awaiting else {
      return answer.thenRejected(ReturnRejection.inspection(.receptionKnown("1", before)))
    }
    let line = answer.happens().returns["ret_1"]?.lines[0]
    #expect(line?.reception.rawValue == after.rawValue)
    #expect(line?.receivedQuantity == (after == .received ? 2 : 0))
  }

  @Test(arguments: Return.LineReception.allCases)
  func `a return is received when no line is awaited any more`(reception: Return.LineReception) {
    let story = Self.story(reception)
    #expect(story.returns["ret_1"]?.status == .approved)
    let then = story.when(receiving(came("2"))).happens()
    #expect(then.returns["ret_1"]?.status == (reception == .awaiting ? .approved : .received))
  }

  // MARK: Acceptance of a line

  static func story(_ acceptance: Return.LineAcceptance) -> Story {
    let received = given(returning).when(returning([("1", 2), ("2", 1)])).happens()
      .when(approveReturn()).happens().when(receiving(came("1"), came("2"))).happens()
    switch acceptance {
    case .pending: return received
    case .accepted: return received.when(inspecting(found("1"))).happens()
    case .rejected: return received.when(inspecting(found("1", .rejected))).happens()
    case .manualReview: return received.when(inspecting(found("1", .manualReview))).happens()
    }
  }

  @Test(arguments: Return.LineAcceptance.allCases, [Acceptance.accepted, .rejected, .manualReview])
  func `a line is decided on once, if need be after a second look`(
    before: Return.LineAcceptance, after: Acceptance
  ) {
    let story = Self.story(before)
    #expect(story.returns["ret_1"]?.lines[0].acceptance == before)
    let answer = story.when(inspecting(found("1", after)))
    guard before == .pending || before == .manualReview else {
      return answer.thenRejected(ReturnRejection.inspection(.inspectedAlready("1", before)))
    }
    let line = answer.happens().returns["ret_1"]?.lines[0]
    #expect(line?.acceptance.rawValue == after.rawValue)
    #expect(line?.acceptedQuantity == (after == .accepted ? 2 : 0))
  }

  @Test(arguments: Return.LineAcceptance.allCases)
  func `a return is inspected when every line is decided on`(acceptance: Return.LineAcceptance) {
    let story = Self.story(acceptance)
    #expect(story.returns["ret_1"]?.status == .received)
    let then = story.when(inspecting(found("2"))).happens()
    let isDecided = acceptance == .accepted || acceptance == .rejected
    #expect(then.returns["ret_1"]?.status == (isDecided ? .inspected : .received))
  }

  // MARK: Money

  @Test(.refuses("V1"))
  func `money is not due, then a refund, and not due again when that is withdrawn`() {
    let refunded = aReturn(in: .completed).when(refunding([("1", 2)])).happens()
    #expect(refunded.returns["ret_1"]?.money == .refund("srf_1"))
    for command in [
      Command.cancelRefund(CancelRefund(refundID: "srf_1")),
      .denyRefund(DenyRefund(refundID: "srf_1", reason: "worn")),
    ] {
      let withdrawn = refunded.when(command).happens()
      #expect(withdrawn.returns["ret_1"]?.money == .notDue)
      let again = withdrawn.when(refunding([("1", 2)], as: "srf_2")).happens()
      #expect(again.returns["ret_1"]?.money == .refund("srf_2"))
    }
    refunded.when(refunding([("1", 2)], as: "srf_2"))
      .thenRejected(.returns(.returnRefundedAlready("ret_1", by: "srf_1")))
    let credited = aReturn(in: .inspected).when(complete(.storeCredit)).happens()
    #expect(credited.returns["ret_1"]?.money == .storeCredit)
    credited.when(refunding([("1", 2)])).thenRejected(.returns(.returnCreditedAlready("ret_1")))
  }
}
