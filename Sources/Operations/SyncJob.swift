// A run that brings orders over from the shop: what was asked of it, how far it is, how it ended.
// It is kept for thirty days after it was last heard of.

public import EventSourcing
public import JSON

/// What the service that syncs calls a job, `[A-Za-z0-9_-]{1,64}`.
public struct SyncJobID: Identifier {
  public let rawValue: String

  public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// What a job is to do.
public struct SyncJobOrder: Sendable, Hashable {
  public enum Kind: String, CaseIterable, Sendable {
    case fullSync = "full_sync"
    case incremental
  }

  public var type: Kind
  /// How many days of orders; all of them where it is not said.
  public var daysBack: Int?
  public var includeFulfillments = false
}

/// How many things there are to bring over, and what became of those that were tried.
public struct SyncProgress: Sendable, Hashable {
  /// `nil` while it is unknown.
  public var total: Int?
  public var processed = 0
  public var failed = 0
}

/// How a job ended.
public struct SyncJobEnd: Sendable, Hashable {
  public enum Status: String, CaseIterable, Sendable { case completed, failed }

  public var status: Status
  /// What went wrong; a failed job says so.
  public var errorDetails: String?
}

/// A job as it stands.
public struct SyncJob: Sendable, Hashable {
  public var id: SyncJobID
  public var order: SyncJobOrder
  public var progress: SyncProgress
  /// `nil` while it runs.
  public var end: SyncJobEnd?
  public var startedAt: Timestamp
  public var updatedAt: Timestamp
  public var completedAt: Timestamp?
  public var expiresAt: Timestamp

  public static let statuses = ["running", "completed", "failed"]

  public var status: String { end?.status.rawValue ?? "running" }
}

// MARK: What callers send

extension SyncJobOrder: RecordBody {
  public static let noun = "a sync job"

  private static let fields = JSONFields([("\"type\":", true), ("\"config\":", false)])
  private static let configFields = JSONFields([
    ("\"daysBack\":", false), ("\"includeFulfillments\":", false),
  ])

  public init(json reader: inout JSONReader) throws(JSONError) {
    self.init(type: .fullSync)
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Self.fields, &progress) {
      switch field {
      case 0: type = Kind.allCases[try reader.readChoice(["full_sync", "incremental"])]
      default:
        var progress = try reader.beginObject()
        while let field = try reader.nextField(Self.configFields, &progress) {
          switch field {
          case 0: daysBack = try reader.readInteger(1...36_500)
          default: includeFulfillments = try reader.readBool()
          }
        }
      }
    }
  }
}

extension SyncProgress: RecordBody {
  public static let noun = "the progress of a sync job"

  private static let fields = JSONFields([
    ("\"total\":", false), ("\"processed\":", true), ("\"failed\":", false),
  ])

  /// Sums of these are far from any integer's limit.
  private static let counts = 0...1_000_000_000_000

  public init(json reader: inout JSONReader) throws(JSONError) {
    self.init()
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Self.fields, &progress) {
      switch field {
      case 0: total = try reader.readInteger(Self.counts)
      case 1: processed = try reader.readInteger(Self.counts)
      default: failed = try reader.readInteger(Self.counts)
      }
    }
  }

  public var contradiction: String? {
    guard let total, processed + failed > total else { return nil }
    return "\(processed) processed and \(failed) failed are more than the total of \(total); they "
      + "are no more together."
  }
}

extension SyncJobEnd: RecordBody {
  public static let noun = "the end of a sync job"

  private static let fields = JSONFields([("\"status\":", true), ("\"errorDetails\":", false)])

  public init(json reader: inout JSONReader) throws(JSONError) {
    self.init(status: .completed)
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Self.fields, &progress) {
      switch field {
      case 0: status = Status.allCases[try reader.readChoice(["completed", "failed"])]
      default: errorDetails = try reader.readString(length: 1...16_384)
      }
    }
    if status == .failed, errorDetails == nil {
      throw reader.failure(
        at: 0, "a job that failed needs errorDetails, expected a sentence on what went wrong")
    }
  }
}
