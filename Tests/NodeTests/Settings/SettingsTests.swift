// What an operator writes into redress.json, and what is said about mistakes in it.

import CommandHandling
import EventSourcing
import Foundation
import Operations
import Redis
import Routing
import RunningRedress
import Service
import Testing

@testable import Node

struct `The settings of a data folder` {
  private func settings(_ json: String) throws(SettingsError) -> Settings {
    try Settings(Array(json.utf8), file: "redress.json")
  }

  /// The settings with one principal that has these further members.
  private func principal(_ members: String) throws -> Principal? {
    try settings(#"{"principals":[{"name":"shop","uid":1001\#(members)}]}"#)
      .allPrincipals.principal(ofUser: 1001)
  }

  @Test func `give the owner and root everything where nothing is said`() throws {
    let principals = Principals(owner: 1000, configured: [:])
    for user in [0, 1000] as [UInt32] {
      let principal = try #require(principals.principal(ofUser: user))
      #expect(principal.grant == .everything)
      #expect(!principal.isNamedInEvents)
    }
    #expect(principals.principal(ofUser: 1001) == nil)
  }

  @Test func `grant a principal nothing that they do not name`() throws {
    let shop = try #require(try principal(""))
    #expect(shop.name.rawValue == "shop" && shop.isNamedInEvents)
    #expect(shop.grant == .nothing)
  }

  @Test func `grant tenants, permissions, roles and actors`() throws {
    let members = """
      ,"tenants":["acme","bolt"],"permissions":["ask","orders.read"],"roles":["ops"],\
      "actors":["customer/*","agent/kim"]
      """
    let grant = try #require(try principal(members)).grant
    #expect(grant.tenants == .only([TenantID(unchecked: "acme"), TenantID(unchecked: "bolt")]))
    #expect(grant.permissions.contains("ask") && !grant.permissions.contains("decide"))
    #expect(grant.allows(.submitCommands), "it follows from a permission of commands")
    #expect(grant.allows(.readOrders) && grant.allows(.readSyncJobs) && !grant.allows(.readCases))
    // It is about all tenants at once.
    #expect(!grant.allows(.readMetrics))
    #expect(grant.covers(Actor(.customer, "robin")) && grant.covers(Actor(.agent, "kim")))
    #expect(!grant.covers(Actor(.agent, "lee")) && !grant.covers(Actor(.service, "kim")))
  }

  @Test func `grant everything by a star`() throws {
    let members = #","tenants":["*"],"permissions":["*"],"actors":["*"]"#
    #expect(try principal(members)?.grant == .everything)
  }

  @Test func `say how long a log may be silent before the clock is asked about`() throws {
    #expect(try settings("{}").clockRule.idleDaysMax == 30)
    for days in [1, 90, 36_500] {
      #expect(try settings(#"{"idleDaysMax":\#(days)}"#).clockRule.idleDaysMax == days)
    }
    for value in ["0", "36501", "-1", "1.5", #""30""#, "null"] {
      let error = #expect(throws: SettingsError.self) {
        try settings(#"{"idleDaysMax":\#(value)}"#)
      }
      #expect(
        error?.description
          == "redress.json: $.idleDaysMax: \(value) is not a whole number of days between 1 and "
          + "36500, such as 30")
    }
  }

  @Test func `name the groups that reach files, if this machine has them`() throws {
    #expect(try settings("{}").fileGroups() == FileGroups())
    let name = try #require(getgrgid(getegid())).pointee.gr_name.map { String(cString: $0) }
    let own = try #require(name)
    let json = #"{"files":{"socketGroup":"\#(own)","auditorsGroup":"\#(own)"}}"#
    let groups = try settings(json).fileGroups()
    #expect(groups.socket == FileGroups.Group(name: own, id: getegid()))
    #expect(groups.auditors == groups.socket && groups.passing == groups.socket)
    let unknown = try settings(#"{"files":{"auditorsGroup":"no-such-group"}}"#)
    let error = #expect(throws: SettingsError.self) { try unknown.fileGroups() }
    #expect(error?.path == "$.files.auditorsGroup")
    #expect(error?.problem.contains("no-such-group is no group of this machine") == true)
    for value in [#""x""#, #"{"socketGroup":1}"#, #"{"socketGroup":""}"#, #"{"group":"x"}"#] {
      #expect(throws: SettingsError.self) { try settings(#"{"files":\#(value)}"#) }
    }
  }

  @Test func `say how often callers may ask, and where several nodes count them`() throws {
    #expect(try settings("{}").rates == RateSettings())
    let rates = try settings(#"{"rates":{"person":3,"redis":"unix:/run/redis.sock"}}"#).rates
    #expect(rates.person == 3 && rates.service == RateSettings().service)
    #expect(rates.redis?.description == "unix:/run/redis.sock")
  }

  @Test func `say how much is kept for each tenant`() throws {
    #expect(try settings("{}").quotas == TenantQuotas())
    let quotas = try settings(#"{"quotas":{"drafts":3,"evidenceBytes":1073741824}}"#).quotas
    #expect(quotas.drafts == 3 && quotas.evidenceBytes == 1 << 30)
    #expect(quotas.webhooks == TenantQuotas().webhooks)
  }

  @Test func `give the owner another grant where they name its uid`() throws {
    let owner = Principal(
      name: PrincipalName(unchecked: "shop"), actor: Actor(.service, "uid-1000"), grant: .nothing)
    let principals = Principals(owner: 1000, configured: [1000: owner])
    #expect(principals.principal(ofUser: 1000) == owner)
  }

  @Test func `are refused where other users could have written them, or where they lead nowhere`()
    throws
  {
    let redress = try RunningRedress()
    redress.stop()
    defer { redress.removeFolder() }
    let folder = try DataFolder(existing: redress.folder)
    #expect(try Settings(of: folder).principals.isEmpty, "without a file")
    try Data("{}".utf8).write(to: URL(filePath: folder.settings))
    for (mode, isTaken) in [(0o600, true), (0o644, true), (0o664, false), (0o606, false)] {
      chmod(folder.settings, mode_t(mode))
      let settings = try? Settings(of: folder)
      #expect((settings != nil) == isTaken, "\(mode)")
    }
    unlink(folder.settings)
    symlink("nowhere", folder.settings)
    #expect(throws: SettingsError.self) { try Settings(of: folder) }
    unlink(folder.settings)
    mkdir(folder.settings, 0o700)
    #expect(throws: SettingsError.self) { try Settings(of: folder) }
  }

  @Test func `name whose tokens are accepted, with a file of keys beside them`() throws {
    let json = #"{"tokens":{"issuer":"https://id.example.com/","audience":"redress","keys":"k"}}"#
    let read = try Settings(Array(json.utf8), file: "data/redress.json")
    #expect(
      read.tokenSettings
        == TokenSettings(
          issuer: "https://id.example.com/", audience: "redress", keyFile: "data/k"))
    let error = #expect(throws: SettingsError.self) { try read.tokens() }
    #expect("\(String(describing: error))".contains("data/k: $: cannot be read"))
  }

  @Test(arguments: [
    ("[", "$: is not JSON"),
    (#"{"tokens":{"issuer":"i","audience":""}}"#, #"$.tokens.audience: "" is not what the claim"#),
    (#"{"tokens":{"issuer":"i","audience":"a"}}"#, "$.tokens.keys: is missing; it is the file"),
    (#"{"tokens":{"isuer":"i"}}"#, "$.tokens.issuer: is missing"),
    ("[]", "$: is not an object"),
    (#"{"rates":{"person":0}}"#, "$.rates.person: 0 is not a whole number of requests a second"),
    (#"{"quotas":{"drafts":0}}"#, "$.quotas.drafts: 0 is not a whole number of records between 1"),
    (#"{"quotas":{"draft":9}}"#, "$.quotas.draft: is not a key here; did you mean drafts?"),
    (#"{"rates":{"redis":7}}"#, "$.rates.redis: 7 is not unix:PATH with an absolute path, or HOST"),
    (#"{"rates":{"redis":"redis"}}"#, #"$.rates.redis: "redis" is not unix:PATH"#),
    (#"{"principal":[]}"#, "$.principal: is not a key here; did you mean principals?"),
    (#"{"principals":{}}"#, "$.principals: {} is not a list of principals"),
    (#"{"principals":[],"principals":[]}"#, "$.principals: is there twice"),
    (#"{"principals":[7]}"#, "$.principals[0]: is not an object"),
    (#"{"principals":[{"uid":1}]}"#, "$.principals[0].name: is missing; it is a name"),
    (#"{"principals":[{"name":"a b","uid":1}]}"#, "$.principals[0].name: a b is not a name"),
    (#"{"principals":[{"name":"uid-7","uid":1}]}"#, "uid-7 is one of Redress's own names"),
    (#"{"principals":[{"name":"Uid-7","uid":1}]}"#, "Uid-7 is one of Redress's own names"),
    (#"{"principals":[{"name":"stranger","uid":1}]}"#, "stranger is one of Redress's own names"),
    (#"{"principals":[{"name":"a","uid":65534}]}"#, "65534 stands for every user without a number"),
    (#"{"principals":[{"name":"_a","uid":1}]}"#, "_a is one of Redress's own names"),
    (#"{"principals":[{"name":"a"}]}"#, "$.principals[0].uid: is missing; it is the number"),
    (#"{"principals":[{"name":"a","uid":"1"}]}"#, #"$.principals[0].uid: "1" is not the number"#),
    (#"{"principals":[{"name":"a","uid":-1}]}"#, "$.principals[0].uid: -1 is not the number"),
    (
      #"{"principals":[{"name":"a","uid":1},{"name":"a","uid":2}]}"#,
      "$.principals[1].name: a is the name of another principal, too"
    ),
    (
      #"{"principals":[{"name":"a","uid":1},{"name":"b","uid":1}]}"#,
      "$.principals[1].uid: 1 is the uid of another principal, too"
    ),
  ])
  func `are refused with the place and what would be right`(_ json: String, _ said: String) {
    let error = #expect(throws: SettingsError.self) { try settings(json) }
    #expect("\(String(describing: error))".contains(said), "\(String(describing: error))")
  }

  @Test(arguments: [
    (#","tenant":["acme"]"#, ".tenant: is not a key here; did you mean tenants?"),
    (#","tenants":"acme""#, #".tenants: "acme" is not a list of names of tenants"#),
    (#","tenants":["a b"]"#, ".tenants: a b is not the name of a tenant"),
    (#","tenants":["_system"]"#, ".tenants: _system is not the name of a tenant"),
    (#","tenants":["*","acme"]"#, ".tenants: * is not the name of a tenant"),
    (#","roles":["auditer"]"#, ".roles: auditer is not a role; did you mean auditor?"),
    (#","permissions":["refund.read"]"#, "did you mean refunds.read?"),
    (#","permissions":[1]"#, ".permissions[0]: 1 is not one of permissions"),
    (#","actors":["kim"]"#, ".actors: kim is neither an actor"),
    (#","actors":["system/*"]"#, ".actors: system/* is neither an actor"),
    (#","actors":["system/pages"]"#, ".actors: system/pages is neither an actor"),
  ])
  func `are refused for what a principal cannot be granted`(_ members: String, _ said: String) {
    let error = #expect(throws: SettingsError.self) { try principal(members) }
    #expect("\(String(describing: error))".contains(said), "\(String(describing: error))")
  }
}
