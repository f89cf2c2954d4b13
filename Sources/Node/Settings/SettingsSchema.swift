// The JSON Schema (2020-12) of redress.json, for editors and for programs that write the file. Its
// lists are those of the code, so that it allows what can be granted and nothing else. What a
// schema cannot say, such as that no two principals have one uid, the service says.

import CommandHandling
import EventSourcing
import Events
public import JSON
import Operations
import Redis
import Routing
import Service

/// What redress.json may be.
public enum SettingsSchema {
  public static var json: JSONValue {
    object(
      [
        (
          "$schema",
          string("The address of this schema, for editors.", [.init("minLength", .integer(1))])
        ),
        ("principals", list(of: principal, "Who may come in over the socket.")),
        ("tokens", tokens),
        ("files", files),
        (
          "idleDaysMax",
          integer(
            "After how many days without an event the clock is doubted.", ClockRule.idleDays,
            fallback: ClockRule().idleDaysMax)
        ),
        ("rates", rates),
        ("quotas", quotas),
      ] + ServiceOption.all.map { ($0.key, schema(of: $0)) }, required: [],
      begin: [
        .init("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
        .init("title", .string("redress.json")),
      ])
  }

  private static func schema(of option: ServiceOption) -> JSONValue {
    string(
      option.summary,
      [option.constraint] + (option.fallback.map { [.init("default", .string($0))] } ?? []))
  }

  private static var tokens: JSONValue {
    let one = [JSONValue.Member("minLength", .integer(1))]
    return object(
      [
        ("issuer", string("What the claim iss must be.", one)),
        ("audience", string("What the claim aud must name.", one)),
        ("keys", string("The file with the issuer's keys, from this folder.", one)),
      ], required: ["issuer", "audience", "keys"],
      begin: [.init("description", .string("Whose tokens are accepted; none by default."))])
  }

  private static var files: JSONValue {
    let one = [JSONValue.Member("minLength", .integer(1))]
    return object(
      [
        (
          FileGroupNames.socketKey,
          string("The group that may open the socket; the service's own by default.", one)
        ),
        (
          FileGroupNames.auditorsKey,
          string("The group that may read the log; only the service's user by default.", one)
        ),
      ], required: [],
      begin: [.init("description", .string("Which groups reach which files."))])
  }

  private static var rates: JSONValue {
    let standard = RateSettings()
    return object(
      [
        (
          "person",
          integer(
            "Requests a second of each person with a token.", RateSettings.range,
            fallback: standard.person)
        ),
        (
          "service",
          integer(
            "Requests a second of each program with a user of its own.", RateSettings.range,
            fallback: standard.service)
        ),
        (
          "redis",
          string(
            "A Redis in which several nodes count together, such as 127.0.0.1:6379 or "
              + "unix:/run/redis.sock; each counts for itself by default.",
            [.init("pattern", .string(RedisAddress.pattern))])
        ),
      ], required: [],
      begin: [.init("description", .string("How many requests each caller may make."))])
  }

  private static var quotas: JSONValue {
    object(
      Quota.allCases.map { quota in
        (
          quota.rawValue,
          integer(quota.summary, TenantQuotas.range, fallback: TenantQuotas()[quota])
        )
      }, required: [],
      begin: [.init("description", .string("How much is kept for each tenant."))])
  }

  private static var principal: JSONValue {
    let roles = Role.allCases.filter { $0 != .customer }.map(\.rawValue)
    let permissions =
      Permission.allCases.map(\.rawValue).sorted() + RoutePermission.allCases.map(\.rawValue)
    let kinds = Actor.Kind.allCases.filter { $0 != .system }.map(\.rawValue)
    let name = "[A-Za-z0-9_-]{1,64}"
    // In letters of both cases, since a pattern has no flags.
    let ownNames = "_|[Uu][Ii][Dd]-|[Pp][Ee][Rr][Ss][Oo][Nn]-|[Ss][Tt][Rr][Aa][Nn][Gg][Ee][Rr]$"
    return object(
      [
        (
          "name",
          string(
            "How events and messages name it.",
            [
              .init(
                "pattern",
                .string(
                  "^(?!\(ownNames))\(name)$"
                ))
            ])
        ),
        (
          "uid",
          integer(
            "The number of the user.", 0...Int(UInt32.max),
            except: Int(SettingsObject.overflowUID))
        ),
        ("tenants", allOr([.init("pattern", .string("^(?!_)\(name)$"))], "The tenants it sees.")),
        (
          "roles",
          list(of: string("A role.", [words(roles)]), "Sets of permissions.")
        ),
        ("permissions", allOr([words(permissions)], "Single permissions.")),
        (
          "actors",
          allOr(
            [.init("pattern", .string("^(\(kinds.joined(separator: "|")))/(\(name)|\\*)$"))],
            "For whom it may speak.")
        ),
      ], required: ["name", "uid"])
  }

  // MARK: Parts of a schema

  private static func words(_ all: [String]) -> JSONValue.Member {
    .init("enum", .array(all.map { .string($0) }))
  }

  private static func string(_ description: String, _ more: [JSONValue.Member]) -> JSONValue {
    .object([.init("description", .string(description)), .init("type", .string("string"))] + more)
  }

  private static func integer(
    _ description: String, _ range: ClosedRange<Int>, except: Int? = nil,
    fallback: Int? = nil
  ) -> JSONValue {
    .object(
      [
        .init("description", .string(description)), .init("type", .string("integer")),
        .init("minimum", .integer(Int64(range.lowerBound))),
        .init("maximum", .integer(Int64(range.upperBound))),
      ]
        + (except.map { [.init("not", .object([.init("const", .integer(Int64($0)))]))] } ?? [])
        + (fallback.map { [.init("default", .integer(Int64($0)))] } ?? []))
  }

  private static func list(of items: JSONValue, _ description: String) -> JSONValue {
    .object([
      .init("description", .string(description)), .init("type", .string("array")),
      .init("items", items), .init("default", .array([])),
    ])
  }

  /// `["*"]`, or a list of texts.
  private static func allOr(_ items: [JSONValue.Member], _ description: String) -> JSONValue {
    .object([
      .init("description", .string(description + " [\"*\"] is all.")), .init("default", .array([])),
      .init(
        "anyOf",
        .array([
          .object([.init("const", .array([.string("*")]))]),
          list(of: string("One.", items), "Some."),
        ])),
    ])
  }

  private static func object(
    _ properties: [(String, JSONValue)], required: [String], begin: [JSONValue.Member] = []
  ) -> JSONValue {
    .object(
      begin + [
        .init("type", .string("object")), .init("additionalProperties", .bool(false)),
        .init("required", .array(required.map { .string($0) })),
        .init("properties", .object(properties.map { .init($0, $1) })),
      ])
  }
}

extension Quota {
  fileprivate var summary: String {
    switch self {
    case .evidenceBytes: "Bytes of evidence."
    case .drafts: "Drafts of returns; each is kept for 12 hours."
    case .webhooks: "Webhooks; each is kept for 90 days."
    case .refusals: "Refused commands that are recorded in one day (UTC)."
    }
  }
}
