// GET /v1/events?after=TOKEN&tenant=T&follow=true: the events as NDJSON. Each line is
// {"token":"…","event":{…}}, where the event is the log's own line, byte for byte. Only durable
// events are sent; a slow reader holds its own feed back and nothing else. A reader that asks again
// with the last token it saw misses nothing and sees nothing twice. A reader whose grant ends is
// sent nothing more.

import EventLog
import EventSourcing
import JSON
import Routing

struct FeedRoute: Sendable {
  var log: EventLog
  var logFolder: String
  var arrivals: Arrivals
  var feeds: OpenFeeds

  /// How many bytes are collected for one write.
  private static let chunkByteCount = 128 * 1024

  private static let after = Parameter<FeedToken?>.optional(
    ParameterDeclaration(
      "after", form: .matching(FeedToken.pattern),
      expectation: "a token of this feed; give the token of an event, or leave it out to begin at "
        + "the first event")
  ) { FeedToken(text: $0) }
  private static let tenant = Parameter.identifier("tenant", as: TenantID.self)
  private static let follow = Parameter.flag("follow")

  static let path: PathTemplate = "/v1/events"

  var route: Route {
    Route(
      .get, Self.path, "The events as lines, from a token on; it can follow the log.",
      permission: .readEvents, parameters: [Self.after, Self.tenant, Self.follow],
      answers: [
        Answer(.ok, "FeedLines", mediaType: "application/x-ndjson"), .problem(.notFound),
      ]
    ) { call in
      let tenant = call[Self.tenant]
      let isVisible = tenant.map(call.principal.grant.tenants.contains) ?? true
      if let tenant, !isVisible || log.durableEnd(of: tenant) == .first {
        throw Problem.notFound("The tenant \(tenant) is not registered.")
      }
      let start =
        call[Self.after].map { FeedToken(ordinal: $0.ordinal, index: $0.index + 1) }
        ?? FeedToken(ordinal: .first, index: 0)
      let isFollowing = call[Self.follow]
      let place = try feeds.open(by: call.principal.name)
      return Reply(
        .stream(mediaType: "application/x-ndjson") { writer in
          defer { withExtendedLifetime(place) {} }
          try await send(call, from: start, of: tenant, to: writer, isFollowing: isFollowing)
        })
    }
  }

  private func send(
    _ call: Call, from start: FeedToken, of tenant: TenantID?, to writer: any BodyWriter,
    isFollowing: Bool
  ) async throws {
    let closed = Closed()
    writer.onClose { [arrivals] in
      closed.set()
      arrivals.wakeAll()
    }
    var feed = Feed(
      reader: try LogReader(folder: logFolder), next: start,
      tenants: .none, isNamed: tenant != nil)
    while !closed.isSet, !arrivals.isStopping {
      feed.tenants = try visible(tenant, to: call)
      let end = log.durableEnd
      let chunk = try feed.read(upTo: end, byteCount: Self.chunkByteCount)
      if !chunk.isEmpty {
        guard await writer.write(chunk) else { return }
      } else if isFollowing {
        await arrivals.wait(after: end, or: closed)
      } else {
        return
      }
    }
    // Who asked for all there is must not take a part of it for the whole.
    if !isFollowing, !closed.isSet { throw EndedEarly() }
  }

  /// The tenants whose events a caller may see now.
  ///
  /// - Throws: ``Problem`` when that are none any more.
  private func visible(_ tenant: TenantID?, to call: Call) throws -> Allowed<TenantID> {
    let principal = try call.principalNow()
    guard principal.grant.allows(.readEvents) else {
      throw principal.notPermitted(call.path, RoutePermission.readEvents.rawValue)
    }
    guard let tenant else { return principal.grant.tenants }
    return principal.grant.tenants.intersection(.only([tenant]))
  }

  private struct EndedEarly: Error, CustomStringConvertible {
    var description: String { "the service stops" }
  }
}

/// Where one reader of the feed is.
private struct Feed {
  var reader: LogReader
  var next: FeedToken
  /// Those that its reader may see, set before each read.
  var tenants: Allowed<TenantID>
  /// Whether its reader named the one tenant.
  var isNamed: Bool

  /// The next whole lines, until they have `byteCount` bytes; empty at the end.
  mutating func read(upTo end: Ordinal, byteCount: Int) throws -> [UInt8] {
    var chunk: [UInt8] = []
    guard next.ordinal < end else { return chunk }
    if reader.ordinal != next.ordinal { try reader.seek(to: next.ordinal) }
    try reader.forEachCommit(upTo: end) { commit in
      // The service's own tenant is sent only to readers that name it (T3).
      if tenants.contains(commit.tenant), isNamed || !commit.tenant.isReserved {
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
