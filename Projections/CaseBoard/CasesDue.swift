// What the process manager of the SLA clocks has to do.

public import EventSourcing
public import Events
public import SQLite

extension CaseBoard {
  /// The targets that have run out and are not recorded as missed, with those that did longest
  /// first.
  public static func missedTargets(
    at now: Timestamp, limit: Int, in database: Database
  ) throws -> [DueCommand] {
    try database.rows(
      """
      SELECT tenant, case_id, target, cause, \(Suspensions.resumption(since: "cause"))
      FROM targets JOIN tenants USING (tenant)
      WHERE state = 'open' AND due_at <= ? AND \(Suspensions.isAtWork)
      ORDER BY due_at LIMIT ?
      """, now.description, limit,
      row: {
        let target = $0.text(2)
        return DueCommand(
          tenant: TenantID(unchecked: $0.text(0)), cause: Position(UInt64($0.int(3))),
          resumption: $0.optionalInt(4).map { Position(UInt64($0)) },
          command: .recordSlaBreach(
            RecordSlaBreach(
              caseID: CaseID(unchecked: $0.text(1)),
              targetKind: SlaTargetKind(rawValue: target) ?? .resolution)),
          part: target)
      })
  }
}
