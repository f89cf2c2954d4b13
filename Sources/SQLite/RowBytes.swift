// A row as bytes: each value is one type byte (`n`, `i`, `r`, `t`, `b`) and, but for `n`, its
// length as eight little-endian bytes and its bytes; integers and reals are written as text. What
// must hold: a row has the same bytes when it is read and when a connection is about to change it;
// the latter lacks virtual columns, which the file does not hold.

internal import CSQLite

extension Statement {
  /// Appends all values of the current row.
  package func appendRow(to buffer: inout [UInt8]) {
    for column in 0..<columnCount { append(column, to: &buffer) }
  }

  /// Appends one value of the current row.
  package func append(_ column: Int, to buffer: inout [UInt8]) {
    switch columnType(column) {
    case .null: buffer.append(UInt8(ascii: "n"))
    case .integer: buffer.append(value: String(int(column)), type: "i")
    case .real: buffer.append(value: String(double(column)), type: "r")
    case .text: unsafe withTextBytes(column) { unsafe buffer.append(bytes: $0, type: "t") }
    case .blob: unsafe withBlobBytes(column) { unsafe buffer.append(bytes: $0, type: "b") }
    }
  }
}

extension [UInt8] {
  /// Appends a value that is written as text.
  package mutating func append(value: String, type: Unicode.Scalar) {
    append(bytes: value.utf8, type: type)
  }

  package mutating func append(bytes: some Collection<UInt8>, type: Unicode.Scalar) {
    append(UInt8(ascii: type))
    let count = UInt64(bytes.count).littleEndian
    unsafe Swift.withUnsafeBytes(of: count) { unsafe append(contentsOf: $0) }
    append(contentsOf: bytes)
  }
}
