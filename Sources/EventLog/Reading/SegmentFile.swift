// One segment's bytes through a window, so that walking over small frames costs few reads.

internal import EventSourcing

/// An open segment; one thread at a time.
final class SegmentFile {
  let firstOrdinal: Ordinal
  let file: any File
  /// The length in bytes when it was last looked at.
  private(set) var size: Int
  private var window: UnsafeMutableRawBufferPointer
  private var windowStart = 0
  private var windowCount = 0

  /// The file's name in its folder.
  let name: String

  /// - Parameter name: unless it is the one that the first ordinal gives.
  init(
    _ firstOrdinal: Ordinal, in folder: String, of fileSystem: any FileSystem, name: String? = nil,
    windowByteCount: Int = 1 << 20
  ) throws(LogError) {
    self.firstOrdinal = firstOrdinal
    let name = name ?? SegmentName.name(firstOrdinal: firstOrdinal)
    self.name = name
    file = try fileSystem.open(folder + "/" + name, for: .reading)
    size = try file.size()
    window = .allocate(byteCount: windowByteCount, alignment: 16)
  }

  deinit { window.deallocate() }

  /// Reads the file's length again and drops the window.
  func refresh() throws(LogError) {
    size = try file.size()
    windowCount = 0
  }

  /// These bytes of the file, until the next call; fewer when it ends before.
  func bytes(at offset: Int, count: Int) throws(LogError) -> UnsafeRawBufferPointer {
    let count = min(count, max(0, size - offset))
    // A sealed segment is shorter than what it replaced, also under an offset from before.
    guard count > 0 else { return UnsafeRawBufferPointer(rebasing: window[..<0]) }
    if offset < windowStart || offset + count > windowStart + windowCount {
      if count > window.count {
        window.deallocate()
        window = .allocate(byteCount: count, alignment: 16)
      }
      windowStart = offset
      windowCount = 0
      let room = UnsafeMutableRawBufferPointer(
        rebasing: window[..<min(window.count, size - offset)])
      windowCount = try file.read(into: room, at: offset)
      size = max(windowCount < room.count ? offset + windowCount : size, offset)
    }
    let available = min(count, windowStart + windowCount - offset)
    let start = offset - windowStart
    return UnsafeRawBufferPointer(rebasing: window[start..<start + available])
  }
}
