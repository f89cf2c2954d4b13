// One answer while it arrives: libcurl calls in with header lines and pieces of the body.

/// Collects an answer.
final class Transfer {
  var response = ClientResponse(status: 0, headers: [], body: [])
  /// Keep the body of a 2xx answer too, instead of passing it on.
  var collectsEverything = false
  private(set) var wasStopped = false
  private let onBytes: ([UInt8]) -> Bool

  init(onBytes: @escaping ([UInt8]) -> Bool) {
    self.onBytes = onBytes
  }

  /// One line of the head; every status line (after `100 Continue`, say) begins anew.
  func takeHeader(_ bytes: UnsafeRawBufferPointer) {
    let line = unsafe String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      response.status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      response.headers = []
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...]
      response.headers.append((String(line[..<colon]), Transfer.trimmed(value)))
    }
  }

  /// - Returns: whether to go on.
  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if collectsEverything || !response.isSuccess {
      unsafe response.body.append(contentsOf: bytes)
      return true
    }
    wasStopped = unsafe !onBytes(Array(bytes))
    return !wasStopped
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0.isWhitespace }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
