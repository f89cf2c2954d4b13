// Writes to standard output, and whole files. What must hold: every byte is written, or the
// failure is reported.

import EventSourcing
import Foundation
import JSON

enum Output {
  /// The reader of the pipe has closed it, as `head` does; that is not a failure.
  struct ReaderLeft: Error {}

  /// - Throws: ``ReaderLeft``, or a ``Stop`` when not everything could be written.
  static func write(_ bytes: some Sequence<UInt8>) throws {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EPIPE {
        throw ReaderLeft()
      } else if errno != EINTR {
        throw Stop.unable("cannot write to standard output: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Writes lines for people, without a line break at their end.
  static func write(_ text: TerminalText) throws { try write(text.description.utf8) }

  /// Writes one JSON text as a line.
  static func print(_ value: JSONValue) throws { try write(value.json + [UInt8(ascii: "\n")]) }

  /// Writes lines for people, and ends the last of them.
  static func print(_ text: TerminalText) throws { try write(text + "\n") }

  /// How many bytes a printer collects for one write.
  static let chunkByteCount = 1 << 16

  /// Writes collected bytes and lets go of them, once there are so many.
  static func drain(_ bytes: inout [UInt8], from count: Int = chunkByteCount) throws {
    guard bytes.count >= count else { return }
    try write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Writes a whole file or nothing, and prints its name.
  static func save(_ bytes: [UInt8], to file: String) throws {
    do { try Data(bytes).write(to: URL(filePath: file), options: .atomic) } catch {
      throw Stop.unable("cannot write \(describe(error))")
    }
    try Output.print("\(file)")
  }
}
