// Full segments are sealed in the background, one after another, by a thread of idle priority. A
// failure costs only space: it is reported, and sealing stops until the next opening.

internal import EventSourcing
internal import Threading

/// The thread that seals.
final class Sealer: Sendable {
  private struct State {
    var isAwake = true
    var isStopping = false
    var pace = SealingPace()
  }

  private let directory: FrameDirectory
  private let frames: FrameStore
  private let configuration: EventLog.Configuration
  private let onSealing: @Sendable (Result<SealingReport, LogError>) -> Void
  private let state = Monitor(State())
  private let thread = Monitor<WorkerThread?>(nil)

  init(
    directory: FrameDirectory, frames: FrameStore, configuration: EventLog.Configuration,
    onSealing: @escaping @Sendable (Result<SealingReport, LogError>) -> Void
  ) {
    self.directory = directory
    self.frames = frames
    self.configuration = configuration
    self.onSealing = onSealing
  }

  func start() {
    thread.withLock { thread in
      thread = WorkerThread(name: "log sealer", priority: .idle) { [self] in
        do throws(LogError) { try run() } catch {
          if error != .stopped { onSealing(.failure(error)) }
        }
      }
    }
  }

  /// Starts on a segment that became full.
  func wake() { state.update { $0.isAwake = true } }

  /// Ends the thread; a segment that is being sealed stays as it was.
  func stop() { state.update { $0.isStopping = true } }

  /// Waits until the thread, if it was started, has ended.
  func join() { thread.withLock { $0 }?.join() }

  private func run() throws(LogError) {
    var next = Ordinal.first
    while true {
      let isStopping = state.wait(
        until: { $0.isAwake || $0.isStopping },
        then: { state in
          state.isAwake = false
          return state.isStopping
        })
      if isStopping { return }
      while let segment = directory.fullSegment(from: next) {
        let report = try directory.seal(
          segment, frames: frames, configuration: configuration
        ) { [self] in rest() }
        if let report { onSealing(.success(report)) }
        next = segment.end
      }
    }
  }

  /// - Returns: whether to stop.
  private func rest() -> Bool {
    let rest = state.withLock { $0.pace.rest(at: directory.end) }
    return state.wait(
      upTo: rest, until: { $0.isStopping || rest == .zero },
      then: { [directory] state in
        state.pace.goOn(at: directory.end)
        return state.isStopping
      })
  }
}

extension FrameDirectory {
  /// Rewrites a full segment and puts the sealed form in its place.
  ///
  /// - Parameters:
  ///   - frames: may have the segment open; `nil` in a log that is not open.
  ///   - shouldStop: called between blocks.
  /// - Returns: `nil` for a segment that is too large for that.
  /// - Throws: ``LogError/stopped`` once `shouldStop` answered `true`.
  func seal(
    _ segment: SealableSegment, frames: FrameStore?, configuration: EventLog.Configuration,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws(LogError) -> SealingReport? {
    let file = SealedFile(
      of: segment.firstOrdinal, end: segment.end, chain: segment.chain, in: folder,
      of: fileSystem, configuration: configuration, shouldStop: shouldStop)
    guard try file.write() else { return nil }
    let report = try exchange(segment.firstOrdinal) { () throws(LogError) in try file.exchange() }
    try fileSystem.sync(folder: folder)
    frames?.close(segment.firstOrdinal)
    return report
  }
}

/// Sealing of a log that is not open.
public enum LogSealing {
  /// Seals every full segment of a folder.
  ///
  /// - Parameters:
  ///   - folder: the log's folder.
  ///   - configuration: the size and compression of sealed frames.
  ///   - progress: called with the report of each sealed segment.
  /// - Precondition: no process has the log open for writing.
  /// - Throws: ``LogError``.
  public static func seal(
    folder: String, configuration: EventLog.Configuration = .init(),
    progress: (SealingReport) -> Void = { _ in }
  ) throws(LogError) {
    try seal(
      folder: folder, configuration: configuration, fileSystem: RealFileSystem(),
      progress: progress)
  }

  package static func seal(
    folder: String, configuration: EventLog.Configuration, fileSystem: any FileSystem,
    progress: (SealingReport) -> Void = { _ in }
  ) throws(LogError) {
    try SealedFile.removeUnfinished(in: folder, of: fileSystem)
    let directory = FrameDirectory(folder: folder, fileSystem: fileSystem)
    try directory.scan()
    var next = Ordinal.first
    while let segment = directory.fullSegment(from: next) {
      let report = try directory.seal(
        segment, frames: nil, configuration: configuration
      ) { false }
      if let report { progress(report) }
      next = segment.end
    }
  }
}
