// GET /v1/events?after=TOKEN&tenant=T&follow=true: the events as NDJSON, {"token":"…","event":{…}}
// each, where the event is the log's own line, byte for byte. Only durable events are sent; a slow
// reader holds its own feed back and nothing else. Whoever asks again with the last token it saw
// misses nothing and sees nothing twice.

import EventLog
import EventSourcing
import Foundation
import HTTP
import JSON

struct FeedRoute: Sendable {
  var log: EventLog
  var logFolder: String
  var arrivals: Arrivals

  /// How many bytes are collected for one write.
  private static let chunkByteCount = 128 * 1024

  func handle(_ exchange: HTTPExchange) throws {
    let request = exchange.request
    try request.allowParameters("after", "tenant", "follow")
    var start = FeedToken(ordinal: .first, index: 0)
    if let text = request.queryValue("after") {
      guard let token = FeedToken(text: text) else {
        throw Problem.badRequest(
          "after: \(text.prefix(60)) is no token of this feed; use one that an event came with, "
            + "or leave it out to begin at the beginning.")
      }
      start = FeedToken(ordinal: token.ordinal, index: token.index + 1)
    }
    var tenant: TenantID?
    if let name = request.queryValue("tenant") {
      guard let id = TenantID(name) else {
        throw Problem.badRequest("tenant: \(name.prefix(80)) is no identifier.")
      }
      guard log.durableEnd(of: id) > .first else {
        throw Problem.notFound("The tenant \(id) is not registered.")
      }
      tenant = id
    }
    let isFollowing = try follow(request)
    let stream = exchange.startStream(
      status: 200, headers: [("Content-Type", "application/x-ndjson")])
    let closed = Closed()
    stream.onClose { [arrivals] in
      closed.set()
      arrivals.wakeAll()
    }
    Task {
      do {
        try await send(
          from: start, of: tenant, to: stream, isFollowing: isFollowing, until: closed)
      } catch { complain("a feed stopped: \(error)") }
      stream.finish()
    }
  }

  private func follow(_ request: HTTPRequest) throws -> Bool {
    switch request.queryValue("follow") {
    case nil, "false": return false
    case "true", "": return true
    case let other?:
      throw Problem.badRequest("follow: \(other.prefix(60)) is neither true nor false.")
    }
  }

  private func send(
    from start: FeedToken, of tenant: TenantID?, to stream: HTTPBodyStream, isFollowing: Bool,
    until closed: Closed
  ) async throws {
    var feed = Feed(reader: try LogReader(folder: logFolder), next: start, tenant: tenant)
    while !closed.isSet, !arrivals.isStopping {
      let end = log.durableEnd
      let chunk = try feed.read(upTo: end, byteCount: Self.chunkByteCount)
      if !chunk.isEmpty {
        guard await stream.write(chunk) else { return }
      } else if isFollowing {
        await arrivals.wait(after: end, or: closed)
      } else {
        return
      }
    }
  }
}

/// Where one reader of the feed is.
private struct Feed {
  var reader: LogReader
  var next: FeedToken
  var tenant: TenantID?

  /// The next lines, whole ones, a little more than so many bytes of them; empty at the end.
  mutating func read(upTo end: Ordinal, byteCount: Int) throws -> [UInt8] {
    var chunk: [UInt8] = []
    guard next.ordinal < end else { return chunk }
    if reader.ordinal != next.ordinal { try reader.seek(to: next.ordinal) }
    try reader.forEachCommit(upTo: end) { commit in
      if tenant == nil || commit.tenant == tenant {
        var index = 0
        commit.forEachLine { line in
          if commit.ordinal > next.ordinal || index >= next.index {
            chunk.appendLiteral(#"{"token":""#)
            chunk.append(contentsOf: FeedToken(ordinal: commit.ordinal, index: index).text.utf8)
            chunk.appendLiteral(#"","event":"#)
            chunk.append(contentsOf: line)
            chunk.appendLiteral("}\n")
          }
          index += 1
        }
      }
      next = FeedToken(ordinal: commit.ordinal.advanced(by: 1), index: 0)
      return chunk.count < byteCount
    }
    // Commits of other tenants may have been all there was; that is not the end.
    return chunk.isEmpty && next.ordinal < end
      ? try read(upTo: end, byteCount: byteCount) : chunk
  }
}

/// A place in the feed; its text means nothing to anybody else.
struct FeedToken: Hashable {
  var ordinal: Ordinal
  /// The event's place inside its commit.
  var index: Int

  init(ordinal: Ordinal, index: Int) {
    self.ordinal = ordinal
    self.index = index
  }

  init?(text: String) {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: base64 + padding), data.count == 13, data[0] == 1
    else { return nil }
    let bytes = [UInt8](data)
    let ordinal = bytes[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let index = bytes[9..<13].reduce(0) { $0 << 8 | Int($1) }
    self.init(ordinal: Ordinal(ordinal), index: index)
  }

  var text: String {
    var bytes: [UInt8] = [1]
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: ordinal.value >> UInt64(shift)))
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: index >> shift))
    }
    return Data(bytes).base64EncodedString().replacing("+", with: "-")
      .replacing("/", with: "_").replacing("=", with: "")
  }
}
