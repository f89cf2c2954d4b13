// Sessions of people who look at pages. A one-time link becomes a session; both are known here by
// the hash of their secret alone. What must hold: a link opens one session, once; neither lives
// longer than its time; the number of both is bounded; and both end as soon as their principal may
// open none, also if it may again later. They end with the process.

import Cryptography
import EventSourcing
import Synchronization

/// The links and sessions of users of this machine.
final class Sessions: Sendable {
  private struct Entry {
    var owner: Owner
    var end: Timestamp
  }

  /// The user who asked for it, under the name that the user had then.
  struct Owner: Hashable {
    var user: UInt32
    var name: PrincipalName
  }

  private struct State {
    var links: [Digest: Entry] = [:]
    var sessions: [Digest: Entry] = [:]
  }

  /// How long a link waits to be opened.
  static let linkSeconds: Int64 = 600
  /// How long a session lasts.
  static let sessionSeconds: Int64 = 12 * 60 * 60
  /// Of a user's links, and of its sessions; the one that ends first makes room.
  private static let countMax = 100

  private let state = Mutex(State())

  /// Makes a link for a user.
  ///
  /// - Returns: its secret.
  func offer(to owner: Owner, at now: Timestamp) -> String {
    let secret = Self.secret()
    state.withLock {
      Self.add(secret, owner, now.plus(seconds: Self.linkSeconds), to: &$0.links, now)
    }
    return secret
  }

  /// Opens a session with the secret of a link, which is used up by it.
  ///
  /// - Returns: the session's secret; `nil` for a link that is unknown, used or too old.
  func open(_ link: String, at now: Timestamp) -> String? {
    state.withLock { state in
      guard let entry = state.links.removeValue(forKey: Self.key(link)), entry.end > now else {
        return nil
      }
      let secret = Self.secret()
      let end = now.plus(seconds: Self.sessionSeconds)
      Self.add(secret, entry.owner, end, to: &state.sessions, now)
      return secret
    }
  }

  /// Whether a link could be opened.
  func has(_ link: String, at now: Timestamp) -> Bool {
    state.withLock { state in
      guard let entry = state.links[Self.key(link)] else { return false }
      return entry.end > now
    }
  }

  /// - Returns: `nil` for a session that is unknown or has ended.
  func owner(of session: String, at now: Timestamp) -> Owner? {
    state.withLock { state in
      guard let entry = state.sessions[Self.key(session)], entry.end > now else { return nil }
      return entry.owner
    }
  }

  /// Ends the links and sessions of every other user.
  func keep(_ isKept: (_ user: UInt32, _ name: PrincipalName) -> Bool) {
    state.withLock { state in
      state.links = state.links.filter { isKept($0.value.owner.user, $0.value.owner.name) }
      state.sessions = state.sessions.filter { isKept($0.value.owner.user, $0.value.owner.name) }
    }
  }

  private static func add(
    _ secret: String, _ owner: Owner, _ end: Timestamp, to entries: inout [Digest: Entry],
    _ now: Timestamp
  ) {
    entries = entries.filter { $0.value.end > now }
    let own = entries.filter { $0.value.owner.user == owner.user }
    if own.count >= countMax, let first = own.min(by: { $0.value.end < $1.value.end }) {
      entries[first.key] = nil
    }
    entries[key(secret)] = Entry(owner: owner, end: end)
  }

  private static func key(_ secret: String) -> Digest { SHA256.hash(Array(secret.utf8)) }

  /// 256 random bits.
  private static func secret() -> String { SHA256.hash(randomBytes(32)).description }
}

extension Timestamp {
  fileprivate func plus(seconds: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds + seconds * 1_000_000)
  }
}
