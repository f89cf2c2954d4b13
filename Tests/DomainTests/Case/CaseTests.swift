// C1 to C5: a case's life.

import Domain
import EventSourcing
import Events
import Testing

/// A case about the fixture's order in any status, with no refund.
func supportCase(in status: CaseStatus) -> [Event] {
  func changed(_ to: CaseStatus) -> Event {
    .caseStatusChanged(CaseStatusChanged(caseID: "sca_9", from: .open, to: to))
  }
  func resolved(_ as: CaseResolution) -> Event {
    .caseResolved(CaseResolved(caseID: "sca_9", resolution: `as`, resolvedAt: noon))
  }
  let working = caseOpened + [changed(.investigating)]
  return switch status {
  case .open: caseOpened
  case .awaitingCustomer, .awaitingSeller, .investigating, .decisionPending, .escalated:
    caseOpened + [changed(status)]
  case .resolved: working + [resolved(.resolved)]
  case .refunded: working + [resolved(.refunded)]
  case .denied: working + [resolved(.denied)]
  case .goodwill: working + [resolved(.goodwill)]
  case .closed: working + [resolved(.resolved), .caseClosed(CaseClosed(caseID: "sca_9"))]
  }
}

struct CaseTests {
  static let open = OpenCase(
    caseID: "sca_9", customerID: "cus_5", orderID: "536365", title: "Two arrived broken",
    type: .product)

  static func resolve(_ resolution: CaseResolution = .resolved) -> Command {
    .resolveCase(ResolveCase(caseID: "sca_9", resolution: resolution))
  }

  static func become(_ status: CaseStatus) -> Command {
    .changeCaseStatus(ChangeCaseStatus(caseID: "sca_9", status: status))
  }

  // C2

  @Test(.accepts("C2")) func `C2: the customer who placed the order opens a case about it`() {
    given(acme(), order).when(.openCase(Self.open), by: customer).then(caseOpened)
  }

  @Test(.accepts("C2")) func `C2: an agent opens it on their behalf`() {
    given(acme(), order).when(.openCase(Self.open), by: agent).then(caseOpened)
  }

  @Test(.refuses("C2")) func `C2: a case about an order needs the order`() {
    given(acme()).when(.openCase(Self.open), by: customer).thenRejected(
      .opening(.orderNotRecorded("536365")))
  }

  @Test(.refuses("C2")) func `C2: a case is about an order of its own customer`() {
    var command = Self.open
    command.customerID = "cus_6"
    given(acme(), order).when(.openCase(command), by: agent)
      .thenRejected(CaseRejection.opening(.orderOfAnotherCustomer("536365", given: "cus_6")))
    given(acme(), order).when(.openCase(Self.open), by: "customer/cus_6")
      .thenRejected(.opening(.anotherCustomersCase("cus_5")))
  }

  @Test(.accepts("C2"), .refuses("C2"))
  func `C2: a case in general needs no order, but its own customer`() {
    var command = Self.open
    command.orderID = nil
    given(acme()).when(.openCase(command), by: customer).happens()
    given(acme()).when(.openCase(command), by: "customer/cus_6")
      .thenRejected(.opening(.anotherCustomersCase("cus_5")))
  }

  @Test(.refuses("C1")) func `a case is opened once`() {
    given(acme(), order, caseOpened).when(.openCase(Self.open)).thenRejected(
      .alreadyOpened("sca_9"))
  }

  // C4

  @Test(.accepts("C4"), .refuses("C1")) func `C4: assigning an owner moves open to investigating`()
  {
    let assign = Command.assignCase(AssignCase(caseID: "sca_9", owner: "usr_17"))
    let assigned: Event = .caseAssigned(CaseAssigned(caseID: "sca_9", owner: "usr_17"))
    let story = given(acme(), caseOpened).when(assign).then([
      assigned,
      .caseStatusChanged(
        CaseStatusChanged(caseID: "sca_9", from: .open, to: .investigating)),
    ])
    story.when(assign).thenUnchanged()
    given(acme(), supportCase(in: .escalated)).when(assign).then([assigned])
    given(acme(), supportCase(in: .resolved)).when(assign).then([assigned])
    given(acme(), supportCase(in: .closed)).when(assign)
      .thenRejected(.stage(.closed("sca_9")))
  }

  @Test(
    .accepts("C4"), .refuses("C4"),
    arguments: [
      ("usr_17" as AgentID, AgentRole.agent as AgentRole?), ("usr_18", .admin),
      ("usr_19", .auditor),
      ("usr_20", .ops), ("usr_99", nil),
    ])
  func `C4: an owner is one of the tenant's agents or admins`(owner: AgentID, role: AgentRole?) {
    let answer = given(acme(), caseOpened)
      .when(.assignCase(AssignCase(caseID: "sca_9", owner: owner)))
    if role == .agent || role == .admin {
      answer.happens()
    } else {
      answer.thenRejected(.cannotOwn(owner, role: role))
    }
  }

  @Test(
    .accepts("C4"),
    arguments: [
      (Severity.low, Severity.high as Severity?), (.normal, .high), (.high, nil), (.urgent, nil),
    ])
  func `C4: escalation raises severity to at least high`(severity: Severity, raised: Severity?) {
    var command = Self.open
    command.severity = severity
    let story = given(acme(), order).when(.openCase(command)).happens()
    var events: [Event] = [
      .caseStatusChanged(CaseStatusChanged(caseID: "sca_9", from: .open, to: .escalated))
    ]
    if let raised {
      events.append(
        .caseSeverityChanged(CaseSeverityChanged(caseID: "sca_9", from: severity, to: raised)))
    }
    story.when(Self.become(.escalated)).then(events)
  }

  // C5

  static func working(_ status: Refund.Status) -> [Event] {
    let begun: Event = .caseStatusChanged(
      CaseStatusChanged(caseID: "sca_9", from: .open, to: .investigating))
    return refund(in: status) + [begun]
  }

  @Test(.accepts("C5"), .refuses("C5"), arguments: Refund.Status.allCases, CaseResolution.allCases)
  func `C5: no case is resolved over the head of a refund under way`(
    status: Refund.Status, resolution: CaseResolution
  ) {
    let answer = given(Self.working(status)).when(Self.resolve(resolution))
    switch status {
    case .approved, .processing, .outcomeUnknown, .partlyExecuted, .failed:
      answer.thenRejected(.end(.refundUnderWay("srf_1", status: status)))
    case .executed:
      answer.then([
        .caseResolved(
          CaseResolved(caseID: "sca_9", resolution: resolution, resolvedAt: noon))
      ])
    case .pending, .denied, .cancelled:
      if resolution == .refunded {
        answer.thenRejected(.end(.nothingRefunded("sca_9")))
      } else {
        answer.happens()
      }
    }
  }

  @Test(.accepts("C5"), .refuses("C5"), arguments: Return.Status.allCases)
  func `C5: no case is resolved over the head of a return whose money needs it open`(
    status: Return.Status
  ) {
    let story = aReturn(in: status).when(Self.become(.investigating)).happens()
    let answer = story.when(Self.resolve())
    switch status {
    case .requested, .approved, .inTransit, .received, .inspected, .completed:
      answer.thenRejected(CaseRejection.end(.returnUnderWay("ret_1", status: status)))
    case .rejected, .cancelled, .expired: answer.happens()
    }
    guard status == .completed else { return }
    // What is pending holds the return's units.
    let requested = story.when(refunding([("1", 2)])).happens()
    requested.when(Self.resolve())
      .thenRejected(CaseRejection.end(.refundUnderWay("srf_1", status: .pending)))
    requested.when(.denyRefund(DenyRefund(refundID: "srf_1", reason: "Worn"))).happens()
      .when(Self.resolve()).happens()
  }

  @Test(.accepts("C3"), .refuses("C3"), arguments: [CaseResolution.resolved, .denied])
  func `C3: what was asked for in a case is neither amended nor approved once it is resolved`(
    resolution: CaseResolution
  ) {
    let story = given(Self.working(.pending)).when(Self.resolve(resolution)).happens()
    let closed = story.when(.closeCase(CloseCase(caseID: "sca_9"))).happens()
    for (ended, status) in [(story, resolution.status), (closed, .closed)] {
      for command in [
        Command.amendRefund(RefundAmendmentTests.toOneHolder), RefundApprovalTests.approve,
      ] {
        ended.when(command).thenRejected(
          RefundRejection.noOpenCase(.caseNotOpen("sca_9", status: status)))
      }
      ended.when(.cancelRefund(CancelRefund(refundID: "srf_1"))).happens()
    }
    let reopened = story.when(Self.reopen).happens()
    reopened.when(RefundApprovalTests.approve).happens()
  }

  @Test(.accepts("C5"), .refuses("C5"))
  func `C5: one executed refund does not hide another under way`() {
    let story = given(Self.working(.executed))
      .when(.requestRefund(requesting([("2", 1)], as: "srf_2"))).happens()
      .when(.approveRefund(ApproveRefund(refundID: "srf_2"))).happens()
    story.when(Self.resolve(.refunded)).thenRejected(
      .end(.refundUnderWay("srf_2", status: .approved)))
  }

  // C1: reopening

  static let reopen = Command.reopenCase(ReopenCase(caseID: "sca_9", reason: "Broke again"))

  @Test(.accepts("C1"), .refuses("C1"))
  func `C1: a resolved case is reopened until the last day of the window`() {
    let story = given(acme(), supportCase(in: .resolved))
    story.when(Self.reopen, at: "2026-02-15T23:59:59.999999Z").then([
      .caseReopened(CaseReopened(caseID: "sca_9", reason: "Broke again"))
    ])
    story.when(Self.reopen, at: "2026-02-16T00:00:00Z")
      .thenRejected(
        .stage(
          .outsideReopenWindow(
            resolvedOn: "2026-01-16", lastDay: "2026-02-15", today: "2026-02-16")))
  }

  @Test(.accepts("C1"), .refuses("C1"))
  func `C1: the reopen window counts the tenant's days across summer time`() {
    let begun = supportCase(in: .investigating)
    for (resolvedAt, last) in [
      // 23:30 in winter is still the same day; in summer it is the next one.
      ("2026-03-01T23:30:00Z" as Timestamp, "2026-03-31T22:59:59Z" as Timestamp),
      ("2026-09-30T23:30:00Z", "2026-10-31T23:59:59Z"),
    ] {
      let story = given(acme(), begun).when(Self.resolve(), at: resolvedAt).happens()
      story.when(Self.reopen, at: last).happens()
      let late = Timestamp(microseconds: last.microseconds + 1_000_000)
      let day = london(resolvedAt)
      story.when(Self.reopen, at: late)
        .thenRejected(
          .stage(
            .outsideReopenWindow(
              resolvedOn: day, lastDay: day.advanced(byDays: 30), today: day.advanced(byDays: 31))))
    }
  }

  @Test(.accepts("C1")) func `C1: a reopened case counts its window from its next resolution`() {
    let story = given(acme(), supportCase(in: .resolved))
      .when(Self.reopen, at: "2026-02-15T12:00:00Z").happens()
      .when(Self.resolve(.denied), at: "2026-03-01T12:00:00Z").happens()
    story.when(Self.reopen, at: "2026-03-31T12:00:00Z").happens()
  }

  @Test(.refuses("C1")) func `an unknown case is refused`() {
    let unknown = CaseRejection.unknownCase("sca_9")
    let assign = AssignCase(caseID: "sca_9", owner: "usr_17")
    for command in [
      .assignCase(assign), Self.become(.escalated), Self.resolve(), Self.reopen,
      .closeCase(CloseCase(caseID: "sca_9")),
    ] {
      given(acme()).when(command).thenRejected(unknown)
    }
  }
}
