// The file redress.json in the data folder, which an operator writes:
//
//   {"tokens": {"issuer": "https://id.example.com/", "audience": "redress", "keys": "jwks.json"},
//    "files": {"socketGroup": "redress-callers", "auditorsGroup": "auditors"},
//    "idleDaysMax": 30, "rates": {"person": 20, "service": 5000, "redis": "127.0.0.1:6379"},
//    "quotas": {"evidenceBytes": 10737418240, "drafts": 10000, "webhooks": 250000},
//    "http": "127.0.0.1:8080", "logFormat": "json",
//    "principals": [{"name": "shop", "uid": 1001, "tenants": ["acme"], "roles": ["agent"],
//                    "permissions": ["mirrorShop"], "actors": ["customer/*"]}]}
//
// What must hold: it is used as a whole or not at all, and no key in it is without effect.

public import CommandHandling
import EventSourcing
import Foundation
import Glibc
import JSON
public import Operations
import Redis
import Routing
public import Service

/// What an operator has decided about a service.
public struct Settings: Sendable {
  /// By uid.
  var principals: [UInt32: Principal] = [:]
  /// Whose tokens are accepted; none if `nil`.
  var tokenSettings: TokenSettings?
  /// Who reaches the folder's files.
  var groupNames = FileGroupNames()
  /// Where they stand; empty without a file.
  let file: String
  /// How far the system's clock may jump.
  public private(set) var clockRule = ClockRule()

  /// How many requests callers may make.
  public private(set) var rates = RateSettings()

  /// How much is kept for each tenant.
  public private(set) var quotas = TenantQuotas()

  /// What the service is started with, by ``ServiceOption/key``.
  public private(set) var options: [String: String] = [:]

  /// The settings of a folder without a file.
  public init() { file = "" }

  /// - Throws: ``SettingsError``.
  public init(of folder: DataFolder) throws(SettingsError) {
    let file = folder.settings
    var status = stat()
    guard lstat(file, &status) == 0 else {
      self.init()
      return
    }
    let bytes: [UInt8]
    do { bytes = try OwnFile.read(file) } catch {
      throw SettingsError(file: file, path: "$", problem: "\(error)")
    }
    try self.init(bytes, file: file)
  }

  /// The configured principals, the user that this process runs as, and root.
  public var allPrincipals: Principals { Principals(owner: getuid(), configured: principals) }

  /// What accepts tokens, if any are.
  ///
  /// - Throws: ``SettingsError`` for a file of keys that cannot be used.
  public func tokens() throws(SettingsError) -> PersonTokens? {
    guard let tokenSettings else { return nil }
    do { return try PersonTokens(tokenSettings) } catch let fault as OwnFile.Fault {
      throw SettingsError(file: tokenSettings.keyFile, path: "$", problem: "\(fault)")
    } catch {
      throw SettingsError(
        file: tokenSettings.keyFile, path: "$", problem: "is no file of keys for tokens: \(error)")
    }
  }

  /// The settings in the text of a file.
  ///
  /// - Throws: ``SettingsError``.
  package init(_ json: [UInt8], file: String) throws(SettingsError) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: json) } catch {
      throw SettingsError(file: file, path: "$", problem: "is not JSON: \(error)")
    }
    self.file = file
    var object = try SettingsObject(value, file: file, path: "$")
    groupNames = try object.fileGroups()
    try readTokens(of: &object)
    try readPrincipals(of: &object)
    try readClockRule(of: &object)
    try readRates(of: &object)
    try readQuotas(of: &object)
    try readOptions(of: &object)
    // Where an editor finds the schema.
    if object.has("$schema") { _ = try object.string("$schema", "the address of a schema") }
    try object.finish()
  }

  private mutating func readTokens(of object: inout SettingsObject) throws(SettingsError) {
    guard let value = object.take("tokens") else { return }
    var entry = try SettingsObject(value, file: object.file, path: "$.tokens")
    let issuer = try entry.string("issuer", "what the claim iss must be")
    let audience = try entry.string("audience", "what the claim aud must name, such as redress")
    let keys = try entry.string("keys", "the file with the issuer's keys, such as jwks.json")
    try entry.finish()
    tokenSettings = TokenSettings(
      issuer: issuer, audience: audience, keyFile: keys.hasPrefix("/") ? keys : object.folder + keys
    )
  }

  private mutating func readOptions(of object: inout SettingsObject) throws(SettingsError) {
    for option in ServiceOption.all {
      guard let value = object.take(option.key) else { continue }
      guard let text = value.string else {
        throw object.error(at: option.key, "\(value.text) is not a text")
      }
      if let fault = option.fault(of: text) {
        throw object.error(at: option.key, "\(text) \(fault)")
      }
      let isRelative = option.isPath && !text.hasPrefix("/") && !text.contains("://")
      options[option.key] = isRelative ? object.folder + text : text
    }
  }

  private mutating func readClockRule(of object: inout SettingsObject) throws(SettingsError) {
    guard let value = object.take("idleDaysMax") else { return }
    let days = value.integer.flatMap { Int(exactly: $0) }
    guard let days, ClockRule.idleDays.contains(days) else {
      let range = ClockRule.idleDays
      throw object.error(
        at: "idleDaysMax",
        "\(value.text) is not a whole number of days between \(range.lowerBound) and "
          + "\(range.upperBound), such as 30")
    }
    clockRule.idleDaysMax = days
  }

  private mutating func readRates(of object: inout SettingsObject) throws(SettingsError) {
    guard let value = object.take("rates") else { return }
    var entry = try SettingsObject(value, file: object.file, path: "$.rates")
    rates.person = try entry.rate("person") ?? rates.person
    rates.service = try entry.rate("service") ?? rates.service
    rates.redis = try entry.redis("redis")
    try entry.finish()
  }

  private mutating func readQuotas(of object: inout SettingsObject) throws(SettingsError) {
    guard let value = object.take("quotas") else { return }
    var entry = try SettingsObject(value, file: object.file, path: "$.quotas")
    for quota in Quota.allCases {
      quotas[quota] =
        try entry.number(
          quota.rawValue, TenantQuotas.range, quota == .evidenceBytes ? "bytes" : "records",
          "\(TenantQuotas()[quota])")
        ?? quotas[quota]
    }
    try entry.finish()
  }

  private mutating func readPrincipals(of object: inout SettingsObject) throws(SettingsError) {
    guard let list = object.take("principals") else { return }
    guard let elements = list.elements else {
      throw object.error(at: "principals", "\(list.text) is not a list of principals")
    }
    var names: Set<String> = []
    for (index, element) in elements.enumerated() {
      let path = "$.principals[\(index)]"
      var entry = try SettingsObject(element, file: object.file, path: path)
      let (uid, principal) = try entry.principal()
      guard names.insert(principal.name.rawValue).inserted else {
        throw entry.error(at: "name", "\(principal.name) is the name of another principal, too")
      }
      guard principals.updateValue(principal, forKey: uid) == nil else {
        throw entry.error(at: "uid", "\(uid) is the uid of another principal, too")
      }
    }
  }
}

extension SettingsObject {
  fileprivate mutating func redis(_ key: String) throws(SettingsError) -> RedisAddress? {
    guard let value = take(key) else { return nil }
    guard let address = value.string.flatMap({ RedisAddress($0) }) else {
      throw error(
        at: key,
        "\(value.text) is not unix:PATH with an absolute path, or HOST:PORT, such as "
          + "127.0.0.1:6379")
    }
    return address
  }

  /// Requests a second; `nil` where the key is not there.
  fileprivate mutating func rate(_ key: String) throws(SettingsError) -> Int? {
    try number(key, RateSettings.range, "requests a second", "20")
  }

  /// - Parameter things: what is counted.
  fileprivate mutating func number(
    _ key: String, _ range: ClosedRange<Int>, _ things: String, _ example: String
  ) throws(SettingsError) -> Int? {
    guard let value = take(key) else { return nil }
    guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
      throw error(
        at: key,
        "\(value.text) is not a whole number of \(things) between \(range.lowerBound) and "
          + "\(range.upperBound), such as \(example)")
    }
    return number
  }
}
