// The index of a folder that another process may be writing: one moment of it, read-only. What must
// hold: the file is not changed, and nothing is answered from a mixture of two moments.

public import Cryptography
public import EventSourcing
internal import Glibc
internal import SQLite

/// An index file as it was when it was opened; one thread at a time.
public final class StoredIndex {
  /// Every commit of the log below is in the index.
  public let end: Ordinal
  /// The log's chain value at ``end``.
  public let chain: Digest
  private let reader: IndexReader
  /// Set where no connection had the file open, and so no lock or snapshot protects reading.
  private let unprotectedPath: String?

  /// - Throws: ``IndexError/failed(message:)`` also when there is no such file.
  public init(path: String) throws(IndexError) {
    // A connection that writes has a write-ahead log beside the file. Without one the file does not
    // change, and opening it as immutable leaves no file of SQLite's behind.
    let isShared = StoredIndex.hasWriter(path)
    unprotectedPath = isShared ? nil : path
    do {
      reader = try IndexReader(path: path, mode: isShared ? .readOnly : .immutable)
      try reader.database.execute("BEGIN")
      // Few lookups follow, so reading all filters would cost more than they save.
      let content = try IndexContent(of: reader.database, withFilters: false)
      reader.runs = content.runs
      (end, chain) = (content.end, content.chain)
    } catch { throw IndexError(error) }
  }

  /// The runs of a stream's events, in order.
  ///
  /// - Throws: ``IndexError/failed(message:)``.
  public func events(of stream: StreamName, in tenant: TenantID) throws(IndexError) -> [EventRun] {
    do {
      let events = try reader.events(of: IndexKeys().stream(stream, in: tenant))
      if let unprotectedPath, StoredIndex.hasWriter(unprotectedPath) {
        throw IndexDamage(reason: "a service opened the index meanwhile")
      }
      return events
    } catch { throw IndexError(error) }
  }

  /// What is stored of a full segment.
  ///
  /// - Throws: ``IndexError/failed(message:)``.
  public func segment(_ firstOrdinal: Ordinal) throws(IndexError) -> FullSegmentRow? {
    do { return try IndexContent.segment(firstOrdinal, in: reader.database) } catch {
      throw IndexError(error)
    }
  }

  private static func hasWriter(_ path: String) -> Bool { access(path + "-wal", F_OK) == 0 }
}
