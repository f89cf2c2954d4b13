// The newest signed notes in the operational records of a data folder.

public import Audit
public import EventSourcing
import Operations
public import Transparency

/// Keeps signed notes in `operations.sqlite`.
public struct RecordedNotes: KeptNotes {
  private let records: @Sendable () throws -> OperationalRecords
  public let place: String

  init(_ records: OperationalRecords, of folder: DataFolder) {
    self.records = { records }
    place = folder.operations
  }

  /// Opens the records only when a note is looked for or kept.
  public init(of folder: DataFolder) {
    records = { try OperationalRecords(path: folder.operations) }
    place = folder.operations
  }

  public func tenants() throws -> [TenantID] { try records().tenantsWithCheckpoint() }

  public func note(of tenant: TenantID) throws -> SignedNote? {
    try records().checkpoint(of: tenant).map { try SignedNote($0) }
  }

  public func keep(_ note: SignedNote, of tenant: TenantID) throws {
    try records().keepCheckpoint(note.bytes, of: tenant)
  }
}
