// One tenant's part of an audit: its history, the accounts of its orders, and its own controls.

import Calendars
import EventSourcing
import Events
import Transparency

final class TenantReplay {
  /// What one control has found so far, in the order of `Controls.all`.
  struct Result {
    var count = 0
    var findings: [ControlFinding] = []
    var passedOver: [UncheckedMatter: Int] = [:]
  }

  private let configuration: ComplianceAudit.Configuration
  private let calendars = TenantCalendars()
  private let history: TenantHistory
  private let state: TenantState
  private var controls: [any Control]
  private(set) var results: [Result]
  private(set) var changes: [AdministrativeChange] = []
  private var examined: AuditedTenant.Span?
  private var days = RecordedDays()
  /// Where something was moved out of memory.
  private var file: SpillFile?

  init(
    of tenant: TenantID, _ configuration: ComplianceAudit.Configuration
  ) {
    self.configuration = configuration
    history = TenantHistory(
      signed: [SignedHead](
        newest: configuration.checkpoints[tenant], daily: configuration.dailyCheckpoints[tenant]))
    state = TenantState(
      of: tenant, history.aggregates, OrderAccounts(), vault: configuration.vault)
    controls = Controls.all.map { $0.init() }
    results = controls.map { _ in Result() }
  }

  func append(_ commit: DecodedCommit) throws {
    var before = state
    try history.append(commit) { before.keep($1, of: $0) }
    // Looked at where they are: an event is large to copy.
    let events = commit.events.span
    for index in events.indices {
      state.accounts.add(events[index].event)
      days.add(events[index])
    }
    let isExamined = configuration.span.contains(commit.events)
    if isExamined {
      examined = examined?.extended(by: commit.events) ?? AuditedTenant.Span(commit.events)
    }
    let audited = AuditedCommit(
      events: commit.events, personal: commit.personal, before: before, after: state,
      calendars: calendars)
    examine(audited, isExamined)
    // What was looked up in vain stands for nothing that a control found.
    try file?.check()
  }

  private func examine(_ audited: AuditedCommit, _ isExamined: Bool) {
    // Each event is taken from the commit once, since it is large, and shown to every control.
    for recorded in audited.events {
      Self.examine(recorded, in: audited, by: &controls) { examination, index in
        if isExamined { add(examination, of: index) }
      }
      if isExamined, let change = AdministrativeChange(recorded, in: audited) {
        changes.append(change)
      }
    }
  }

  private static func examine(
    _ recorded: RecordedEvent, in audited: AuditedCommit, by controls: inout [any Control],
    _ body: (Examination, Int) -> Void
  ) {
    for index in controls.indices {
      var examination = Examination()
      controls[index].examine(recorded, in: audited, &examination)
      if !examination.isEmpty { body(examination, index) }
    }
  }

  /// Moves what was not used lately out of memory.
  func spill(into file: SpillFile) throws {
    self.file = file
    try history.spill(into: file)
    try state.accounts.spill(into: file)
    for index in controls.indices { try controls[index].spill(into: file) }
  }

  /// Examines the last state, and checks that the trees that were signed are those of the replay.
  func finish() throws {
    try history.requireSigned(of: state.tenantID)
    guard let span = examined?.positions else { return }
    for index in controls.indices {
      add(try controls[index].finish(state, in: span), of: index)
    }
  }

  var summary: AuditedTenant {
    let (tenant, signed) = (state.tenantID, configuration.checkpoints[state.tenantID]?.size)
    return AuditedTenant(
      tenant: tenant, eventCount: Int(history.nextPosition.value), examined: examined,
      signedSize: signed,
      signing: signed.map {
        SigningRecord(
          days: days.days, end: history.nextPosition,
          kept: configuration.dailyCheckpoints[tenant] ?? [:], signedSize: $0)
      },
      outcomes: zip(Controls.all, results).map { control, result in
        ControlOutcome(
          control: control.id, examined: result.count, findings: result.findings.count)
      })
  }

  private func add(_ examination: Examination, of index: Int) {
    results[index].count += examination.count
    for (matter, count) in examination.passedOver {
      results[index].passedOver[matter, default: 0] += count
    }
    for (positions, sentence) in examination.findings {
      results[index].findings.append(
        ControlFinding(
          control: Controls.all[index].id, tenant: state.tenantID, positions: positions,
          sentence: sentence))
    }
  }
}
