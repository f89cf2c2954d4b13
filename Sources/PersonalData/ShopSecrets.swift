// The secrets that a tenant shares with its shop (rule book, Integrations):
// `<data>/keys/shopify-<tenant>.<which>.secret`, readable by its owner only, one line with the
// master key's number and the Base64 of the sealed secret. The file is not part of the history and
// is read at each use, so that a new secret applies at once.

internal import Cryptography
public import EventSourcing
internal import Transparency

/// The kinds of a shop's secrets.
public enum ShopSecret: String, CaseIterable, Sendable {
  /// The shop signs its webhooks with it.
  case webhook
  /// Redress calls the shop's API with it.
  case accessToken = "access-token"

  /// The allowed lengths, in bytes.
  public static let byteCounts = 1...1_024
}

extension PersonalKeyFolder {
  /// Stores a shop's secret, sealed with the master key, replacing the previous one.
  ///
  /// - Precondition: the length is in ``ShopSecret/byteCounts``.
  /// - Throws: ``PersonalDataError``, when there is no master key.
  public func keep(_ secret: [UInt8], as which: ShopSecret, of tenant: TenantID) throws {
    precondition(ShopSecret.byteCounts.contains(secret.count), "a secret of \(secret.count) bytes")
    try write(secret, named: name(which, tenant), under: mastersForReading())
  }

  /// - Returns: `nil` where there is none.
  /// - Throws: ``PersonalDataError`` when no existing master key opens it.
  public func secret(_ which: ShopSecret, of tenant: TenantID) throws -> [UInt8]? {
    let name = name(which, tenant)
    guard let bytes = try DurableFile.read("\(path)/\(name)") else { return nil }
    return try open(bytes, named: name, under: mastersForReading())
  }

  public func path(of which: ShopSecret, of tenant: TenantID) -> String {
    "\(path)/\(name(which, tenant))"
  }

  /// Seals every shop's secrets with the current master key. A secret that does not open stays as
  /// it is, and reading it throws.
  func rewrapSecrets(_ masters: MasterKeys) throws {
    for name in try DurableFile.names(in: path) where Self.isSecret(name) {
      guard let bytes = try DurableFile.read("\(path)/\(name)"),
        let secret = try? open(bytes, named: name, under: masters)
      else { continue }
      try write(secret, named: name, under: masters)
    }
  }

  /// Whether a file of the folder is a shop's secret.
  public static func isSecret(_ name: String) -> Bool {
    let kinds = ShopSecret.allCases.map { ".\($0.rawValue)\(secretSuffix)" }
    return name.hasPrefix(secretPrefix) && kinds.contains { name.hasSuffix($0) }
  }

  private static let secretPrefix = "shopify-"
  private static let secretSuffix = ".secret"

  private func name(_ which: ShopSecret, _ tenant: TenantID) -> String {
    "\(Self.secretPrefix)\(tenant).\(which.rawValue)\(Self.secretSuffix)"
  }

  private func write(_ secret: [UInt8], named name: String, under masters: MasterKeys) throws {
    let line = "\(masters.current) \(Base64.encode(masters.seal(secret, named: name)))\n"
    try DurableFile.replace("\(path)/\(name)", with: Array(line.utf8), mode: 0o600)
  }

  private func open(
    _ bytes: [UInt8], named name: String, under masters: MasterKeys
  ) throws -> [UInt8] {
    let words = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 2, words[1].last == UInt8(ascii: "\n"),
      let master = Int(String(decoding: words[0], as: UTF8.self)),
      let sealed = Base64.decode(words[1].dropLast()),
      let secret = masters.open(sealed, named: name, master: master)
    else {
      throw PersonalDataError.malformed(
        path: "\(path)/\(name)",
        expected:
          "what a master key beside it sealed under this name: redress keys shopify keeps it anew")
    }
    return secret
  }
}
