// Where a monitor reads a history: from a service, or from a data folder or a copy of one. Both are
// read only.

import Audit
import Curl
import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import Transparency

/// A service on a Unix socket or at a URL.
struct MonitoredService: MonitoredHistory {
  private let client: HTTPClient
  private let tokenFile: String?

  /// How long a service may be silent.
  private static let timeout = Duration.seconds(30)

  init(socketPath: String) { self.init(HTTPClient(socketPath: socketPath)) }

  /// - Parameter tokenFile: has the token of a person who may read the history.
  init(baseURL: String, tokenFile: String?) {
    self.init(HTTPClient(baseURL: baseURL), tokenFile: tokenFile)
  }

  private init(_ client: HTTPClient, tokenFile: String? = nil) {
    self.client = client
    self.tokenFile = tokenFile
    client.silenceTimeout = Self.timeout
  }

  /// The token is read each time, because it is renewed while a monitor stands.
  private var headers: [(name: String, value: String)] {
    get throws {
      guard let tokenFile else { return [] }
      do {
        let text = try String(contentsOf: URL(filePath: tokenFile), encoding: .utf8)
        return [("Authorization", "Bearer \(text.trimmingCharacters(in: .whitespacesAndNewlines))")]
      } catch { throw Stop.unable("cannot read the token in \(describe(error))") }
    }
  }

  func checkpoint(of tenant: TenantID) throws -> [UInt8] {
    var note: [UInt8] = []
    let target = "/v1/checkpoint?tenant=\(tenant)"
    let answer = try client.stream(target: target, headers: try headers) { bytes in
      note += bytes
      return note.count <= SignedNote.byteCountLimit
    }
    guard answer.isSuccess else { throw Stop(refusedWith: answer) }
    return note
  }

  func forEachLine(
    of tenant: TenantID, after place: String?,
    _ body: (_ line: UnsafeRawBufferPointer, _ place: String) throws -> Bool
  ) throws {
    guard place.flatMap({ UInt64($0) }) == nil else {
      throw Stop.unable("the state is of a folder, not of a service: give it another --state")
    }
    let after = place.map { "&after=\($0)" } ?? ""
    var feed = FeedLines()
    var failure: (any Error)?
    let target = "/v1/events?tenant=\(tenant)\(after)"
    let answer = try client.stream(target: target, headers: try headers) { bytes in
      do { return try feed.take(bytes, body) } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    guard answer.isSuccess else { throw Stop(refusedWith: answer) }
  }
}

extension Stop {
  /// What a service said when it refused.
  init(refusedWith response: ClientResponse) {
    let detail = (try? JSONValue(parsing: response.body))?["detail"]?.string
    self = .unable("\(detail ?? "the service answered \(response.status)")")
  }
}

/// A data folder, or a copy of its log.
struct MonitoredFolder: MonitoredHistory {
  /// With the segments.
  private let log: String

  init(path: String) {
    let inner = path + "/log"
    log = FileManager.default.fileExists(atPath: inner) ? inner : path
  }

  func checkpoint(of tenant: TenantID) throws -> [UInt8] {
    let file = "\(log)/checkpoints/\(tenant)"
    do { return [UInt8](try Data(contentsOf: URL(filePath: file))) } catch {
      throw Stop.unable("cannot read the checkpoint \(describe(error))")
    }
  }

  func forEachLine(
    of tenant: TenantID, after place: String?,
    _ body: (_ line: UnsafeRawBufferPointer, _ place: String) throws -> Bool
  ) throws {
    var next: UInt64 = 0
    if let place {
      guard let last = UInt64(place) else {
        throw Stop.unable("the state is of a service, not of a folder: give it another --state")
      }
      next = last + 1
    }
    do {
      try LogReader(folder: log).forEachCommit(upTo: nil) { commit in
        guard commit.tenant == tenant else { return true }
        var position = commit.firstPosition
        var goesOn = true
        try commit.forEachLine { line in
          if goesOn, position.value >= next {
            goesOn = try body(line, "\(position)")
            next = position.value + 1
          }
          position = position.advanced(by: 1)
        }
        return goesOn
      }
    } catch let error as LogError { throw Stop(error) }
  }
}

/// The lines of the feed, `{"token":"…","event":{…}}`, as they arrive.
struct FeedLines {
  private var rest: [UInt8] = []

  /// More than any event has.
  private static let lineByteCountMax = 16 << 20

  private static let start = Array(#"{"token":""#.utf8)
  private static let middle = Array(#"","event":"#.utf8)

  init() {}

  /// Takes whole lines and keeps the rest.
  ///
  /// - Returns: whether the body wants more.
  mutating func take(
    _ bytes: [UInt8], _ body: (_ line: UnsafeRawBufferPointer, _ token: String) throws -> Bool
  ) throws -> Bool {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
      rest += bytes
      guard rest.count <= Self.lineByteCountMax else {
        throw Stop.unable("the service sent a line that does not end")
      }
      return true
    }
    let last = rest.count + end
    rest += bytes
    for line in rest[..<last].split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: Self.start), line.last == UInt8(ascii: "}"),
        let middle = line.firstRange(of: Self.middle)
      else { throw Stop.unable("the service sent a line without an event") }
      let token = line[(line.startIndex + Self.start.count)..<middle.lowerBound]
      let event = line[middle.upperBound..<(line.endIndex - 1)]
      let place = String(decoding: token, as: UTF8.self)
      let goesOn = try event.withUnsafeBytes { try body($0, place) }
      guard goesOn else { return false }
    }
    rest.removeFirst(last + 1)
    return true
  }
}
