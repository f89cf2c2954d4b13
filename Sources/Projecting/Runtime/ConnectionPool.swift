// Connections for readers of one read model's file. Readers share it; an exchange of the file waits
// for them, closes every connection and keeps new ones out, because SQLite must never find another
// file under a name it has open.

import Dispatch
import SQLite
import Synchronization

/// The pools of some read models, by name.
typealias ConnectionPools = [String: ConnectionPool]

extension ConnectionPools {
  /// - Precondition: the read model is one of them.
  func pool(of model: String) -> ConnectionPool {
    guard let pool = self[model] else { preconditionFailure("no read model called \(model)") }
    return pool
  }
}

final class ConnectionPool: Sendable {
  private let path: String
  private let idle = Mutex<[Database]>([])
  private let gate = DispatchQueue(label: "redress.read-model", attributes: .concurrent)

  init(path: String) { self.path = path }

  func read<R>(_ body: (Database) throws -> R) throws -> R {
    try gate.sync {
      let database = try take()
      // One snapshot for everything that is read together.
      let result = try database.database.transaction { try body(database.database) }
      give(database)
      return result
    }
  }

  func exchange<R>(_ body: () throws -> R) throws -> R {
    try gate.sync(flags: .barrier) {
      idle.withLock { $0.removeAll() }
      return try body()
    }
  }

  /// A connection that one reader has for itself.
  private struct Borrowed: @unchecked Sendable {
    // Safe: it is in the pool or with exactly one reader, never both.
    let database: Database
  }

  private func take() throws -> Borrowed {
    if let database = idle.withLock({ $0.popLast().map(Borrowed.init) }) { return database }
    return Borrowed(database: try Database(path: path, mode: .readOnly))
  }

  private func give(_ borrowed: Borrowed) {
    idle.withLock { $0.append(borrowed.database) }
  }
}

extension ProjectionRuntime {
  /// The file of a read model and its write-ahead log; the writer has the log's index open, too.
  private static let openFileCountOfWriter = 3
  public static let openFileCountOfReader = 2

  /// Files that read models have open at most, while all of them are rebuilt beside themselves.
  ///
  /// - Parameter readers: how many threads read at once; a pool keeps a connection for each.
  public static func openFileCountMax(of modelCount: Int, readers: Int) -> Int {
    modelCount * (2 * openFileCountOfWriter + readers * openFileCountOfReader)
  }
}
