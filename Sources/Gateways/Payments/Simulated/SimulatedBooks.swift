// The books of the simulated provider, one line for each entry, fields between tabs:
//
//   paid      acme/srf_8Q2.1   sim_3f2a…   600   GBP
//   declined  acme/srf_9.1     declined by the simulated provider
//
// An entry is in the file before it is answered. A last line without its end was never answered; it
// is cut off before the next one is written.

import Glibc

/// Books that cannot be read or written now.
struct SimulatedBooksError: Error, CustomStringConvertible {
  var operation: String
  var path: String
  var errno: Int32

  var description: String {
    "the simulated provider cannot \(operation) its books \(path): "
      + String(cString: strerror(errno))
  }
}

/// What was asked for under each key and what became of it.
struct SimulatedBooks: ~Copyable {
  enum Entry: Hashable {
    case paid(reference: String, amount: Int, currency: String)
    /// It is paid when it is looked up.
    case accepted(reference: String, amount: Int, currency: String)
    case declined(reason: String)
  }

  private var entries: [String: Entry] = [:]
  private let path: String?
  /// The open file; -1 until it was read.
  private var descriptor: Int32 = -1

  /// - Parameter path: `nil` keeps the books in memory.
  init(path: String?) { self.path = path }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The payments and their sum; none where the books cannot be read.
  mutating func paid() -> (count: Int, amount: Int) {
    try? load()
    return entries.values.reduce(into: (count: 0, amount: 0)) { sum, entry in
      guard case .paid(_, let amount, _) = entry else { return }
      sum.count += 1
      sum.amount += amount
    }
  }

  /// The entry of a key, if there is one.
  mutating func entry(of key: String) throws(SimulatedBooksError) -> Entry? {
    try load()
    return entries[key]
  }

  /// The entry of a key; a new one is written first.
  mutating func entry(
    of key: String, new: () -> Entry
  ) throws(SimulatedBooksError) -> Entry {
    if let known = try entry(of: key) { return known }
    let entry = new()
    try note(entry, of: key)
    return entry
  }

  /// The entry of a key; what is accepted is paid first.
  mutating func settledEntry(of key: String) throws(SimulatedBooksError) -> Entry? {
    guard case .accepted(let reference, let amount, let currency)? = try entry(of: key) else {
      return entries[key]
    }
    try note(.paid(reference: reference, amount: amount, currency: currency), of: key)
    return entries[key]
  }

  private mutating func note(_ entry: Entry, of key: String) throws(SimulatedBooksError) {
    try append(Self.line(key, entry))
    entries[key] = entry
  }
}

// The file.
extension SimulatedBooks {
  private static func line(_ key: String, _ entry: Entry) -> String {
    switch entry {
    case .paid(let reference, let amount, let currency):
      "paid\t\(key)\t\(reference)\t\(amount)\t\(currency)\n"
    case .accepted(let reference, let amount, let currency):
      "accepted\t\(key)\t\(reference)\t\(amount)\t\(currency)\n"
    case .declined(let reason): "declined\t\(key)\t\(reason)\n"
    }
  }

  /// Reads the file once, and keeps it open.
  private mutating func load() throws(SimulatedBooksError) {
    guard let path, descriptor < 0 else { return }
    let file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw error("open", path) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        defer { close(file) }
        throw error("read", path)
      }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    guard end == bytes.count || ftruncate(file, off_t(end)) == 0 else {
      defer { close(file) }
      throw error("truncate", path)
    }
    for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) { add(line) }
    descriptor = file
  }

  private mutating func add(_ line: ArraySlice<UInt8>) {
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if fields.count == 5, let amount = Int(fields[3]) {
      let (key, reference, currency) = (fields[1], fields[2], fields[4])
      switch fields[0] {
      case "paid": entries[key] = .paid(reference: reference, amount: amount, currency: currency)
      case "accepted":
        entries[key] = .accepted(reference: reference, amount: amount, currency: currency)
      default: break
      }
    } else if fields.count == 3, fields[0] == "declined" {
      entries[fields[1]] = .declined(reason: fields[2])
    }
  }

  /// Writes a line with one call; what a failed call wrote of it is cut off again.
  private func append(_ line: String) throws(SimulatedBooksError) {
    guard let path else { return }
    let bytes = Array(line.utf8)
    let end = lseek(descriptor, 0, SEEK_END)
    let count = write(descriptor, bytes, bytes.count)
    guard count != bytes.count else { return }
    let failure = error("write", path)
    ftruncate(descriptor, end)
    throw failure
  }

  private func error(_ operation: String, _ path: String) -> SimulatedBooksError {
    SimulatedBooksError(operation: operation, path: path, errno: errno)
  }
}
