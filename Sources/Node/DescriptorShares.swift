// How the files that the process may open (RLIMIT_NOFILE) are shared. What must hold: what the
// service opens for itself is set aside first, so that no connection and no feed takes a file that
// the log, the keys or the read models need.

import EventLog
import HTTP
import ProcessManagers
import Projecting
import Projections
import Service

/// How many connections and feeds a limit of open files leaves room for.
public struct DescriptorShares: Sendable, Hashable {
  public let connectionCountMax: Int
  /// Each is a connection, too, and has a file of the log open.
  public let feedCountMax: Int

  /// Those of a process that may open as many files as it wants.
  public static let all = DescriptorShares(
    connectionCountMax: HTTPServerConfiguration(endpoints: []).connectionCountMax)

  private static let connectionsPerFeed = 16
  /// Fewer are of no use: one user has a quarter of them, and the service's own user a sixteenth.
  private static let connectionCountMin = 64

  private init(connectionCountMax: Int) {
    self.connectionCountMax = connectionCountMax
    feedCountMax = connectionCountMax / Self.connectionsPerFeed
  }

  /// - Throws: ``TooFewDescriptors`` where not even a few connections are left.
  public init(limit: Int) throws(TooFewDescriptors) {
    guard limit >= Self.needed else { throw TooFewDescriptors(limit: limit) }
    let ratio = Self.connectionsPerFeed
    let places = limit - Self.ownFileCount - HTTPServer.turnedAwayCountMax
    self.init(connectionCountMax: min(places / (ratio + 1) * ratio, Self.all.connectionCountMax))
  }

  /// Files without which the service does not start.
  public static var needed: Int { DescriptorShares(connectionCountMax: connectionCountMin).files }

  /// Files with which nothing has to be shared.
  public static var wanted: Int { all.files }

  private var files: Int {
    Self.ownFileCount + HTTPServer.turnedAwayCountMax + connectionCountMax + feedCountMax
  }

  /// Divides the connections as the defaults of the server are divided.
  func apply(to server: inout HTTPServerConfiguration) {
    server.connectionCountMax = connectionCountMax
    server.peerConnectionCountMax = connectionCountMax / 4
    server.reservedConnectionCount = connectionCountMax / 16
  }
}

extension DescriptorShares {
  /// What the service has open at most besides connections and feeds.
  static let ownFileCount =
    processFileCount + EventLog.openFileCountMax
    + ProjectionRuntime.openFileCountMax(
      of: readModels.count, readers: BlockingExecutor.threadCountMax)
    + BlockingExecutor.threadCountMax * workingFileCount
    + Node.managerCountMax * (workingFileCount + ProjectionRuntime.openFileCountOfReader)

  /// Standard streams, the lock, endpoints, timers and events of the threads; the keys and the
  /// operational records with their journals.
  private static let processFileCount = 48
  /// Of one thread that answers a request or follows the log: two segments while it moves from one
  /// to the next, a file that it writes with its folder, and a connection to another server.
  private static let workingFileCount = 5
}

/// The process may open too few files to serve.
public struct TooFewDescriptors: Error, Sendable, Hashable, CustomStringConvertible {
  public let limit: Int

  public var description: String {
    "this process may open \(limit) files, and at least \(DescriptorShares.needed) are needed: "
      + "\(DescriptorShares.ownFileCount) for the log, the keys, the read models and other work, "
      + "the rest for connections. Raise ulimit -Hn, or LimitNOFILE= of the unit. Nothing was "
      + "changed."
  }
}
