// One signed note for each day of the service's clock (UTC) and tenant: the last of the day, in
// `checkpoints-by-day/<tenant>/<day>` of the log's folder. They say when a history was signed. A
// day without new events has none, and logs of earlier releases have none at all.

public import EventSourcing
public import Transparency

/// The signed notes of one tenant that are kept by day.
public struct DailyCheckpoints: Sendable {
  private static let folderName = "checkpoints-by-day"
  private let folder: String

  /// - Parameter logFolder: the log's folder.
  public init(of tenant: TenantID, in logFolder: String) {
    folder = "\(logFolder)/\(Self.folderName)/\(tenant)"
  }

  /// The tenants of which a note is kept, by name.
  ///
  /// - Throws: `TransparencyError`.
  public static func tenants(in logFolder: String) throws(TransparencyError) -> [TenantID] {
    try DurableFile.names(in: "\(logFolder)/\(folderName)").compactMap { TenantID($0) }
  }

  /// The days of which a note is kept, oldest first.
  ///
  /// - Throws: `TransparencyError`.
  public func days() throws(TransparencyError) -> [CalendarDate] {
    try DurableFile.names(in: folder).compactMap { CalendarDate($0) }
  }

  /// The file of a day's note.
  public func path(of day: CalendarDate) -> String { "\(folder)/\(day)" }

  /// - Returns: `nil` where none is kept.
  /// - Throws: `TransparencyError`, and `FormatError` for a file that is no note.
  public func note(of day: CalendarDate) throws -> SignedNote? {
    try DurableFile.read(path(of: day)).map { try SignedNote($0) }
  }

  /// The newest note that is kept; `nil` before the first.
  ///
  /// - Throws: as ``note(of:)``.
  public func newest() throws -> (day: CalendarDate, note: SignedNote)? {
    guard let day = try days().last, let note = try note(of: day) else { return nil }
    return (day, note)
  }

  /// Keeps a note in place of the day's last one, durably.
  ///
  /// - Throws: `TransparencyError`.
  func keep(_ note: SignedNote, on day: CalendarDate) throws(TransparencyError) {
    try DurableFile.createFolders(folder)
    try DurableFile.replace(path(of: day), with: note.bytes, mode: 0o640)
  }

  /// The verified tree heads, by day.
  ///
  /// - Parameter keys: verify the notes.
  /// - Throws: ``CheckpointMismatch`` for a note that cannot be believed, `TransparencyError`.
  public func heads(
    of tenant: TenantID, origin: String, keys: [VerifierKey]
  ) throws -> [CalendarDate: TreeHead] {
    var heads: [CalendarDate: TreeHead] = [:]
    for day in try days() {
      do {
        guard let note = try note(of: day) else { continue }
        heads[day] = try Checkpoint(verifying: note, origin: origin, keys: keys).head
      } catch let error as TransparencyError { throw error } catch {
        throw CheckpointMismatch(
          tenant: tenant,
          reason: "the one of \(day) in \(path(of: day)) cannot be believed: \(error)")
      }
    }
    return heads
  }
}

extension CalendarDate {
  /// The day of an instant in UTC.
  public init(utc instant: Timestamp) {
    let day: Int64 = 86_400_000_000
    let (days, rest) = instant.microseconds.quotientAndRemainder(dividingBy: day)
    self.init(daysSince1970: Int(rest < 0 ? days - 1 : days))
  }
}
