// People by JSON Web Token (RFC 7519): `tenants` and `role` say what they may do, `sub` who they
// are. What must hold: a token is believed only under a key of the operator's file, which is read
// again when it changes; a file that cannot be used, or that others can write, leaves the keys as
// they were.

import Cryptography
import EventSourcing
import Events
import Glibc
import Routing
import Synchronization
import WebTokens

/// Whose tokens are accepted.
public struct TokenSettings: Sendable, Hashable {
  /// What `iss` must be.
  public var issuer: String
  /// What `aud` must name.
  public var audience: String
  /// The file with the issuer's keys, a JWK set (RFC 7517).
  public var keyFile: String

  /// - Precondition: neither issuer nor audience is empty.
  public init(issuer: String, audience: String, keyFile: String) {
    (self.issuer, self.audience, self.keyFile) = (issuer, audience, keyFile)
  }
}

/// Tells who a token is about.
public final class PersonTokens: Sendable {
  /// How a file is told from the one that was there before.
  private struct Stamp: Equatable {
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  private struct State {
    var verifier: TokenVerifier
    var stamp: Stamp?
  }

  private let settings: TokenSettings
  private let state: Mutex<State>

  /// - Throws: what is wrong with the file of keys.
  public init(_ settings: TokenSettings) throws {
    self.settings = settings
    let stamp = Self.stamp(of: settings.keyFile)
    state = Mutex(State(verifier: try Self.verifier(settings), stamp: stamp))
  }

  private static func verifier(_ settings: TokenSettings) throws -> TokenVerifier {
    TokenVerifier(
      keys: try KeySet(parsing: try OwnFile.read(settings.keyFile)), issuer: settings.issuer,
      audience: settings.audience)
  }

  private static func stamp(of file: String) -> Stamp? {
    var status = stat()
    guard stat(file, &status) == 0 else { return nil }
    return Stamp(
      inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
  }

  /// The verifier with the keys that the file has now.
  private var verifier: TokenVerifier {
    let stamp = Self.stamp(of: settings.keyFile)
    return state.withLock { state in
      if stamp != state.stamp {
        state.stamp = stamp
        do { state.verifier = try Self.verifier(settings) } catch {
          complain(
            .error, "tokens",
            "the keys of tokens stay as they were: \(settings.keyFile): \(error)")
        }
      }
      return state.verifier
    }
  }

  /// The person of a token.
  ///
  /// - Parameter token: without `Bearer`.
  /// - Throws: `Problem` 401, which says what is wrong and never repeats the token.
  func person(_ token: String, at now: Timestamp) throws(Problem) -> Principal {
    do throws(TokenRefusal) {
      let claims = try verifier.verify(token, at: now)
      return try Self.person(claims)
    } catch { throw .refusedToken("\(error)") }
  }

  private static func person(_ claims: Claims) throws(TokenRefusal) -> Principal {
    guard let tenants = try claims.strings("tenants") else { throw .missingClaim("tenants") }
    guard let roleName = try claims.string("role") else { throw .missingClaim("role") }
    guard let role = Role(rawValue: roleName) else {
      throw .malformedClaim(
        "role", expected: "one of " + Role.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard TenantID.isValid(claims.subject.utf8) else {
      throw .malformedClaim(
        "sub", expected: "the id of the person in Redress, 1 to 64 of A-Z a-z 0-9 _ -")
    }
    let actor = Actor(role == .customer ? .customer : .agent, claims.subject)
    return Principal(
      name: name(of: claims.subject), actor: actor,
      grant: Grant(
        tenants: try granted(tenants), permissions: .only(role.permissions),
        actors: .only([actor.rawValue]),
        customer: role == .customer ? claims.subject : nil))
  }

  /// Those that a token names; `*` alone stands for all.
  private static func granted(_ tenants: [String]) throws(TokenRefusal) -> Allowed<TenantID> {
    if tenants == ["*"] { return .all }
    let names = tenants.compactMap { TenantID($0) }
    guard names.count == tenants.count, !names.contains(where: \.isReserved) else {
      throw .malformedClaim("tenants", expected: "names of tenants, or * alone")
    }
    return .only(Set(names))
  }

  /// `person-` and the subject; the hash of one that is too long for a name.
  private static func name(of subject: String) -> PrincipalName {
    PrincipalName("person-\(subject)")
      ?? PrincipalName(
        unchecked: "person-"
          + SHA256.hash(Array(subject.utf8)).description.prefix(32))
  }
}

extension Problem {
  /// 401, for a token that is not believed.
  static func refusedToken(_ reason: String) -> Problem {
    Problem(
      .tokenRefused,
      detail: "The token in Authorization is refused: \(reason)")
  }
}
