// What else stays on a case's record: content hidden and restored, deposits, watchers, severity,
// and the marketplace's names.

import Domain
import EventSourcing
import Events
import Testing

struct CaseActionTests {
  static let hide: Command = .hideContent(
    HideContent(caseID: "sca_9", contentID: "vid_7", reason: "Notice of 12 January"))
  static let restore: Command = .restoreContent(
    RestoreContent(caseID: "sca_9", contentID: "vid_7", reason: "Counter-notice"))
  static let watch: Command = .addCaseWatcher(AddCaseWatcher(caseID: "sca_9", agentID: "usr_19"))
  static let unwatch: Command = .removeCaseWatcher(
    RemoveCaseWatcher(caseID: "sca_9", agentID: "usr_19"))

  static func become(_ severity: Severity) -> Command {
    .changeCaseSeverity(ChangeCaseSeverity(caseID: "sca_9", severity: severity))
  }

  static func deposit(
    _ amount: Int = 5_000, as id: DepositID = "dep_1", reference: String = "ch_3f2a"
  ) -> Command {
    .recordDepositCaptured(
      RecordDepositCaptured(caseID: "sca_9", depositID: id, amount: amount, reference: reference))
  }

  static let hidden: [Event] = [
    .contentHidden(
      ContentHidden(
        caseID: "sca_9", contentID: "vid_7", reason: "Notice of 12 January", hiddenBy: admin))
  ]
  static let restored: [Event] = [
    .contentRestored(
      ContentRestored(
        caseID: "sca_9", contentID: "vid_7", reason: "Counter-notice", restoredBy: admin))
  ]

  /// The fixture's case, about infringed rights.
  static func rights(in status: CaseStatus) -> [Event] {
    acme() + order
      + supportCase(in: status).map { event in
        guard case .supportCase(.caseOpened(var opened)) = event else { return event }
        opened.type = .dmca
        return .caseOpened(opened)
      }
  }

  // MARK: Content

  @Test(.refuses("C1", "C3"), arguments: CaseStatus.allCases)
  func `content is hidden in a dmca case that is open or in progress`(status: CaseStatus) {
    let answer = given(Self.rights(in: status)).when(Self.hide)
    switch status.stage {
    case .open, .inProgress: answer.then(Self.hidden)
    case .resolved:
      answer.thenRejected(CaseActionRejection.caseResolved("sca_9", status: status))
    case .closed: answer.thenRejected(CaseActionRejection.caseClosed("sca_9"))
    }
  }

  @Test(.refuses("C1"), arguments: CaseStatus.allCases)
  func `content is restored until the case is closed`(status: CaseStatus) {
    let history = Self.rights(in: status)
    let beginning =
      history.firstIndex { if case .supportCase(.caseOpened) = $0 { true } else { false } } ?? 0
    let answer = given(
      Array(history[...beginning]) + Self.hidden + history[(beginning + 1)...]
    ).when(Self.restore)
    if status == .closed {
      answer.thenRejected(CaseActionRejection.caseClosed("sca_9"))
    } else {
      answer.then(Self.restored)
    }
  }

  @Test func `content is hidden, shown, and hidden again`() {
    let story = given(Self.rights(in: .open), Self.hidden)
    story.when(Self.hide).thenUnchanged()
    let shown = story.when(Self.restore).then(Self.restored)
    shown.when(Self.restore)
      .thenRejected(CaseActionRejection.contentNotHidden("vid_7", "sca_9"))
    shown.when(Self.hide).then(Self.hidden)
    HistoryTests.refused(Self.hidden[0], after: Self.rights(in: .open) + Self.hidden)
    HistoryTests.refused(Self.restored[0], after: Self.rights(in: .open))
    HistoryTests.refused(Self.hidden[0], after: open)
  }

  @Test func `content is hidden in a dmca case only`() {
    given(open).when(Self.hide)
      .thenRejected(CaseActionRejection.notAboutRights("sca_9", type: .product))
    given(open).when(Self.restore)
      .thenRejected(CaseActionRejection.notAboutRights("sca_9", type: .product))
    given(acme()).when(Self.hide).thenRejected(CaseActionRejection.unknownCase("sca_9"))
  }

  // MARK: Deposits

  @Test func `a deposit is on record once, and is not the order's money`() {
    let captured: Event = .depositCaptured(
      DepositCaptured(
        caseID: "sca_9", depositID: "dep_1", orderID: "536365", amount: 5_000, currency: "GBP",
        reference: "ch_3f2a", recordedBy: admin))
    let before = given(open)
    let story = before.when(Self.deposit()).then([captured])
    #expect(story.orders == before.orders)
    story.when(Self.deposit()).thenUnchanged()
    let other = CaseActionRejection.otherDeposit(
      "dep_1", recorded: Money(5_000, "GBP"), reference: "ch_3f2a")
    story.when(Self.deposit(5_001)).thenRejected(other)
    story.when(Self.deposit(reference: "ch_4")).thenRejected(other)
    story.when(Self.deposit(as: "dep_2")).happens()
    HistoryTests.refused(captured, after: open + [captured])
  }

  @Test(.refuses("C1"))
  func `a deposit is of something, in a case about an order that is not closed`() {
    given(open).when(Self.deposit(0)).thenRejected(CaseActionRejection.nothingCaptured("dep_1"))
    given(open).when(Self.deposit(1)).happens()
    given(acme(), order, supportCase(in: .closed)).when(Self.deposit())
      .thenRejected(CaseActionRejection.caseClosed("sca_9"))
    given(acme(), order, supportCase(in: .resolved)).when(Self.deposit()).happens()
    given(acme()).when(Self.deposit()).thenRejected(CaseActionRejection.unknownCase("sca_9"))
    var general = CaseTests.open
    general.orderID = nil
    given(acme()).when(.openCase(general)).happens().when(Self.deposit())
      .thenRejected(CaseActionRejection.noOrder("sca_9"))
  }

  // MARK: Watchers

  @Test func `the tenant's people watch cases, each once`() {
    let watched: Event = .caseWatcherAdded(CaseWatcherAdded(caseID: "sca_9", agentID: "usr_19"))
    let unwatched: Event = .caseWatcherRemoved(
      CaseWatcherRemoved(caseID: "sca_9", agentID: "usr_19"))
    given(open).when(Self.unwatch).thenUnchanged()
    let story = given(open).when(Self.watch).then([watched])
    story.when(Self.watch).thenUnchanged()
    #expect(story.when(Self.unwatch).then([unwatched]).cases["sca_9"]?.watchers == [])
    HistoryTests.refused(watched, after: open + [watched])
    HistoryTests.refused(unwatched, after: open)
  }

  @Test(.refuses("C1")) func `only the tenant's people watch, and no closed case is watched anew`()
  {
    given(open).when(.addCaseWatcher(AddCaseWatcher(caseID: "sca_9", agentID: "usr_99")))
      .thenRejected(CaseActionRejection.cannotWatch("usr_99"))
    let closed = given(acme(), supportCase(in: .closed))
    closed.when(Self.watch).thenRejected(CaseActionRejection.caseClosed("sca_9"))
    closed.when(Self.unwatch).thenUnchanged()
    given(acme()).when(Self.watch).thenRejected(CaseActionRejection.unknownCase("sca_9"))
    given(acme()).when(Self.unwatch).thenRejected(CaseActionRejection.unknownCase("sca_9"))
  }

  // MARK: Severity

  @Test(.refuses("C1"), arguments: Severity.allCases, CaseStatus.allCases)
  func `a case is as urgent as it was set, until it is closed`(
    severity: Severity, status: CaseStatus
  ) {
    let answer = given(acme(), supportCase(in: status)).when(Self.become(severity))
    if status == .closed {
      answer.thenRejected(CaseRejection.stage(.closed("sca_9")))
    } else if severity == .normal {
      answer.thenUnchanged()
    } else {
      answer.then([
        .caseSeverityChanged(
          CaseSeverityChanged(caseID: "sca_9", from: .normal, to: severity))
      ])
    }
  }

  // MARK: The marketplace's names (C2)

  static let booked: [Event] = {
    var recorded = orderRecorded
    recorded.marketplace = Marketplace(
      lbgID: "lbg_1", legID: "leg_1", studioID: "std_1", creatorID: "crt_1", payoutID: "pyt_1",
      platformFee: 260, platformFeeTax: 52)
    return acme() + [.orderRecorded(recorded), .paymentCaptured(paid)]
  }()

  @Test(.accepts("C2"))
  func `C2: a case has the booking, leg, studio, creator and payout of its order`() {
    let full = CaseOpened(
      caseID: "sca_9", customerID: "cus_5", orderID: "536365", title: "Two arrived broken",
      type: .product, severity: .normal, lbgID: "lbg_1", legID: "leg_1", studioID: "std_1",
      creatorID: "crt_1", payoutID: "pyt_1")
    given(Self.booked).when(.openCase(CaseTests.open)).then([.caseOpened(full)])
    var named = CaseTests.open
    named.lbgID = "lbg_1"
    named.legID = "leg_1"
    named.studioID = "std_1"
    named.creatorID = "crt_1"
    named.payoutID = "pyt_1"
    given(Self.booked).when(.openCase(named)).then([.caseOpened(full)])
  }

  @Test(
    .accepts("C2"), .refuses("C2"),
    arguments: ["lbgId", "legId", "studioId", "creatorId", "payoutId"])
  func `C2: a case is not about what belongs to another order`(field: String) {
    var command = CaseTests.open
    switch field {
    case "lbgId": command.lbgID = "other"
    case "legId": command.legID = "other"
    case "studioId": command.studioID = "other"
    case "creatorId": command.creatorID = "other"
    default: command.payoutID = "other"
    }
    let recorded = [
      "lbgId": "lbg_1", "legId": "leg_1", "studioId": "std_1", "creatorId": "crt_1",
      "payoutId": "pyt_1",
    ][field]
    given(Self.booked).when(.openCase(command)).thenRejected(
      CaseRejection.opening(.notOfTheOrder(field: field, given: "other", recorded: recorded)))
    // The fixture's order has a leg and nothing else.
    given(acme(), order).when(.openCase(command)).thenRejected(
      CaseRejection.opening(
        .notOfTheOrder(
          field: field, given: "other", recorded: field == "legId" ? "leg_1" : nil)))
    // A case about no order may be about any of them.
    command.orderID = nil
    given(acme()).when(.openCase(command)).happens()
  }
}
