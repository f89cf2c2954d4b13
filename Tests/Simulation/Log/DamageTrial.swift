// Every bit of a log flipped, one after another; valid frames swapped; a segment copied over
// another. What must hold: each is refused.
//
// A flipped bit changes nothing before its frame, so only that frame and what follows is looked at
// again: the reader begins there, and the damage must show before it gets any further.

internal import EventLog
internal import EventSourcing
package import SeededRandom

package final class DamageTrial {
  private let disk: SimulatedDisk
  /// By segment name, its undamaged bytes.
  private let segments: [(name: String, bytes: [UInt8])]
  /// Where each frame begins, and its first commit; the last is the mark.
  private let frames: [(segment: Int, offset: Int, ordinal: Ordinal)]

  /// - Parameter byteCount: at least how many bytes the log has.
  package init(seed: UInt64, byteCount: Int, segmentLineByteCount: Int = 16 << 10) throws {
    disk = SimulatedDisk(seed: seed)
    let index = try IndexFile()
    let log = try LogModel.open(
      disk, indexPath: index.path, segmentLineByteCount: segmentLineByteCount)
    var model = LogModel(seed: seed)
    let disk = disk
    func size() throws -> Int {
      try disk.names(in: LogModel.folder).reduce(0) {
        $0 + disk.content(of: LogModel.folder + "/" + $1).count
      }
    }
    while try size() < byteCount {
      try log.append(model.next()) { _ in }
      log.stepInline()
    }
    log.close()
    let names = try disk.names(in: LogModel.folder).sorted()
    segments = names.map { ($0, disk.content(of: LogModel.folder + "/" + $0)) }
    let reader = try LogReader(folder: LogModel.folder, fileSystem: disk)
    var frames: [(segment: Int, offset: Int, ordinal: Ordinal)] = []
    var end = Ordinal.first
    while let frame = try reader.nextFrame() {
      frames.append((names.firstIndex(of: frame.segment)!, frame.offset, frame.firstOrdinal))
      end = frame.firstOrdinal.advanced(by: frame.commitCount)
    }
    frames.append((names.count - 1, DamageTrial.lastHeader(in: segments.last!.bytes), end))
    self.frames = frames
  }

  /// The mark that closing wrote.
  private static func lastHeader(in bytes: [UInt8]) -> Int {
    let magic: [UInt8] = [0x5D, 0x2A, 0x4D, 0x18]
    return bytes.indices.last { bytes[$0...].starts(with: magic) }!
  }

  package var bitCount: Int { segments.reduce(0) { $0 + $1.bytes.count * 8 } }

  /// Flips one bit and takes it back.
  package func flip(_ bit: Int) throws {
    var place = bit / 8
    var segment = 0
    while place >= segments[segment].bytes.count {
      place -= segments[segment].bytes.count
      segment += 1
    }
    var bytes = segments[segment].bytes
    bytes[place] ^= 1 << UInt8(bit % 8)
    let frame = frames.last { ($0.segment, $0.offset) <= (segment, place) }!
    try refuse(segment, bytes, in: frame.ordinal, "bit \(bit % 8) of byte \(place)")
  }

  /// Swaps every two neighbours of the same segment.
  package func swapFrames() throws -> Int {
    var count = 0
    for index in 0..<max(0, frames.count - 2)
    where frames[index].segment == frames[index + 1].segment {
      let segment = frames[index].segment
      let bytes = segments[segment].bytes
      let first = frames[index].offset
      let second = frames[index + 1].offset
      let end =
        frames[index + 2].segment == segment ? frames[index + 2].offset : bytes.count
      let swapped = bytes[..<first] + bytes[second..<end] + bytes[first..<second] + bytes[end...]
      try refuse(segment, Array(swapped), "frames at \(first) and \(second) swapped")
      count += 1
    }
    return count
  }

  /// Copies every segment over every other.
  package func copySegments() throws -> Int {
    for target in segments.indices {
      for source in segments.indices where source != target {
        try refuse(target, segments[source].bytes, "\(segments[source].name) over it")
      }
    }
    return segments.count * (segments.count - 1)
  }

  /// Lets some sectors that were written once be written elsewhere instead: there they replace what
  /// was, and where they belong there are zeros.
  package func misdirect(using random: inout SplitMix64) throws {
    let sector = 512
    let segment = random.pick(Array(segments.indices))
    var bytes = segments[segment].bytes
    let count = Int.random(in: 1...8, using: &random) * sector
    let places = Array(stride(from: 0, through: bytes.count - count, by: sector))
    let source = random.pick(places)
    let target = random.pick(places)
    guard source != target else { return }
    let written = Array(bytes[source..<source + count])
    bytes.replaceSubrange(source..<source + count, with: repeatElement(0, count: count))
    bytes.replaceSubrange(target..<target + count, with: written)
    try refuse(segment, bytes, "\(count) bytes for \(source) were written to \(target)")
  }

  /// - Parameter ordinal: the first commit of the only frame that may be read; `nil` for all of
  ///   them.
  private func refuse(
    _ segment: Int, _ bytes: [UInt8], in ordinal: Ordinal? = nil, _ what: String
  ) throws {
    let path = LogModel.folder + "/" + segments[segment].name
    disk.damage(path, bytes)
    defer { disk.damage(path, segments[segment].bytes) }
    do throws(LogError) {
      let reader = try LogReader(folder: LogModel.folder, verifyingChain: true, fileSystem: disk)
      if let ordinal { try reader.seek(to: ordinal) }
      while try reader.nextFrame() != nil && ordinal == nil {}
      // A closed log ends with a mark, so an unfinished write after it is a finding too.
      if ordinal == nil && reader.tornTail != nil { return }
    } catch { return }
    throw Violation("\(segments[segment].name): \(what) was not found")
  }
}
