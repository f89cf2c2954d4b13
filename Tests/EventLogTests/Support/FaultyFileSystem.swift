// A file system whose changing calls are counted, and one of which fails.

import Threading

@testable import EventLog

/// Passes everything on, except for one call, and everything after it.
final class FaultyFileSystem: FileSystem {
  enum Fault: CaseIterable, Sendable {
    /// The call fails and nothing of it happened.
    case nothingHappened
    /// The call fails though all of it happened.
    case everythingHappened
    /// The call fails after half of it; where that makes no sense, after nothing.
    case halfHappened
  }

  struct Plan: Sendable {
    var failingCall: Int
    var fault: Fault
    var callCount = 0
    var hasFailed = false
    /// The last write to a segment was a mark.
    var isMark = false
    /// That mark is durable.
    var isMarked = false
  }

  fileprivate let plan: Monitor<Plan>
  private let real = RealFileSystem()

  init(failingCall: Int, _ fault: Fault) {
    plan = Monitor(Plan(failingCall: failingCall, fault: fault))
  }

  /// Fails no call.
  convenience init() { self.init(failingCall: .max, .nothingHappened) }

  var callCount: Int { plan.withLock { $0.callCount } }

  /// Waits until a durable mark ends the log or a call has failed. The writer makes a mark once it
  /// has had nothing to write for ``EventLog/Configuration/idleDelay``.
  func waitForMark() { plan.wait(upTo: .seconds(20), until: { $0.isMarked || $0.hasFailed }) }

  fileprivate func noteWrite(_ bytes: UnsafeRawBufferPointer) {
    let isMark = (try? FrameHeader(decoding: bytes))?.isMark == true
    plan.withLock { ($0.isMark, $0.isMarked) = (isMark, false) }
  }

  fileprivate func noteSync() { plan.update { $0.isMarked = $0.isMark } }

  /// Runs a changing call, or fails instead.
  fileprivate func change<R>(
    _ path: String, half: () throws(LogError) -> Void = {}, _ body: () throws(LogError) -> R
  ) throws(LogError) -> R {
    let (call, failing, fault) = plan.withLock { plan in
      defer { plan.callCount += 1 }
      return (plan.callCount, plan.failingCall, plan.fault)
    }
    let failure = LogError.io(operation: "fail", path: path, errno: 5)
    if call < failing { return try body() }
    defer { plan.update { $0.hasFailed = true } }
    if call == failing {
      switch fault {
      case .nothingHappened: break
      case .everythingHappened: _ = try body()
      case .halfHappened: try half()
      }
    }
    throw failure
  }

  func createFolder(_ path: String) throws(LogError) { try real.createFolder(path) }

  func names(in folder: String) throws(LogError) -> [String] { try real.names(in: folder) }

  func open(_ path: String, for access: FileAccess) throws(LogError) -> any File {
    let file =
      access == .creating
      ? try change(path) { () throws(LogError) in try real.open(path, for: access) }
      : try real.open(path, for: access)
    return FaultyFile(file, self)
  }

  func sync(folder: String) throws(LogError) {
    try change(folder) { () throws(LogError) in try real.sync(folder: folder) }
  }

  func remove(_ path: String) throws(LogError) { try real.remove(path) }

  func identity(of path: String) throws(LogError) -> FileIdentity? {
    try real.identity(of: path)
  }

  func rename(_ path: String, to newPath: String) throws(LogError) {
    try change(path) { () throws(LogError) in try real.rename(path, to: newPath) }
  }

  func link(_ path: String, as newPath: String) throws(LogError) {
    try change(path) { () throws(LogError) in try real.link(path, as: newPath) }
  }
}

private final class FaultyFile: File {
  private let real: any File
  private let system: FaultyFileSystem

  init(_ real: any File, _ system: FaultyFileSystem) {
    self.real = real
    self.system = system
  }

  var path: String { real.path }

  private var isSegment: Bool { path.hasSuffix(SegmentName.suffix) }

  func size() throws(LogError) -> Int { try real.size() }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(LogError) -> Int {
    try real.read(into: buffer, at: offset)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(LogError) {
    let half = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
    try system.change(
      path, half: { () throws(LogError) in try real.write(half, at: offset) },
      { () throws(LogError) in try real.write(bytes, at: offset) })
    if isSegment { system.noteWrite(bytes) }
  }

  func sync() throws(LogError) {
    try system.change(path) { () throws(LogError) in try real.sync() }
    if isSegment { system.noteSync() }
  }

  func makeReadOnly() throws(LogError) {
    try system.change(path) { () throws(LogError) in try real.makeReadOnly() }
  }

  func identity() throws(LogError) -> FileIdentity { try real.identity() }

  func truncate(to size: Int) throws(LogError) {
    try system.change(path) { () throws(LogError) in try real.truncate(to: size) }
  }
}
