public import Events
public import Projections
public import SQLite

/// Records each missed target of a case.
public enum SlaClocks: DueCommands {
  public static let manager = DueWork.Manager.slaClocks

  public static func command(for entry: DueWork.Entry, in database: Database) -> Command? {
    SlaTargetKind(rawValue: entry.part).map { target in
      .recordSlaBreach(
        RecordSlaBreach(caseID: CaseID(unchecked: entry.subject), targetKind: target))
    }
  }
}
