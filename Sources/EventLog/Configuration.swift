// What may differ from one log to another without changing its history.

public import Zstandard

extension EventLog {
  /// Sizes and delays.
  public struct Configuration: Sendable {
    /// A segment that holds this many bytes of lines is followed by a new one.
    public var segmentLineByteCount = 64 << 20
    /// A frame takes no further commit once it holds this many bytes of lines.
    public var frameLineByteCount = 4 << 20
    /// Appending blocks while this many bytes of lines are queued: what is queued is written before
    /// the next command, of whichever tenant.
    public var queueByteCount = 512 << 10
    /// How many more may be queued for each millisecond that the last sync took, so that a slow
    /// disk is asked seldom, for much.
    public var queueByteCountPerSyncMillisecond = 64 << 10
    /// The compression of frames while they are written.
    public var effort = CompressionEffort.level(1)
    /// How long nothing may be appended before a mark says that everything is durable.
    public var idleDelay = Duration.milliseconds(75)
    /// How many events may wait to be indexed before the writer waits for the index.
    public var unindexedEventCount = 200_000
    /// How many entries the index collects in memory before it stores them; a commit has one, and
    /// one more for each stream.
    package var indexRunEntryCount = 100_000
    /// Whether full segments are rewritten in the background.
    public var isSealing = true
    /// A sealed frame has at most this many bytes of lines, unless one commit has more.
    public var sealedFrameLineByteCount = 3 << 20
    /// The compression of sealed frames.
    public var sealedEffort = CompressionEffort.archive

    /// The sizes and delays that the service uses.
    public init() {}
  }
}

extension EventLog {
  /// Files that an open log has open at most: the segment that is written, those that single
  /// events are read from, the sealer's three, and the index with its journal, twice while it is
  /// made anew.
  public static let openFileCountMax = 1 + FrameStore.openSegmentCount + 3 + 2 * 6
}
