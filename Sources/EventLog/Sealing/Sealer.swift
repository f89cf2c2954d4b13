// Full segments are sealed in the background, one after another, by a thread that gives way to all
// others. A failure costs nothing but space: it is reported, and sealing rests until the next
// opening.

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

  /// Says that a segment became full.
  func wake() { state.update { $0.isAwake = true } }

  /// Lets go of a segment that is being sealed, after its current frame.
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
  /// - Parameter frames: what may have the segment open, if there is anybody.
  /// - Returns: `nil` for a segment that is too large for that.
  /// - Throws: ``LogError/stopped`` when told to stop.
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

/// Sealing a log that nobody writes.
public enum LogSealing {
  /// Seals every full segment of a folder; nobody may have the log open for writing.
  ///
  /// - Parameter progress: told of each segment when it is done.
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
