// The shared parts of the read models' routes: parameters of lists, answers of rows, and pages of a
// tenant with its banner.

import Calendars
import EventSourcing
import HTML
import JSON
import Projecting
import Routing
import SQLite

enum PageParameters {
  /// Only rows before this position, which the previous page names as `next`.
  static let before = Parameter.wholeNumber("before")
  static let limit = Parameter.wholeNumber("limit", 1...limitMax, default: 50)

  static let limitMax = 500
  /// The number of rows of a page.
  static let pageLength = 25
}

extension Reply {
  /// An object with these members; those without a value are left out.
  static func object(_ members: KeyValuePairs<String, JSONValue?>) -> Reply {
    object([], members)
  }

  /// An object with a row's members and others.
  static func object(
    _ members: [JSONValue.Member], _ more: KeyValuePairs<String, JSONValue?>
  ) -> Reply {
    .json(
      .object(members + more.compactMap { key, value in value.map { JSONValue.Member(key, $0) } }))
  }
}

extension JSONShape {
  static func rows<R: Row>(_ type: R.Type) -> JSONShape { .list(.row(type)) }

  /// What ``RowSlice/nextJSON`` is.
  static let next = JSONShape.nullable(.wholeNumber)
}

extension JSONValue {
  static func array(_ rows: [some Row]) -> JSONValue { .array(rows.map(\.json)) }
}

extension RowSlice {
  var nextJSON: JSONValue { next.map { .integer(Int64($0)) } ?? .null }
}

extension ReadModelReader {
  /// A tenant's page that one read model renders.
  ///
  /// - Parameter render: returns `nil` for a page that does not exist.
  func page(
    of model: any ReadModel.Type, _ path: PathTemplate, _ summary: String,
    navigation: String? = nil, permission: RoutePermission, owner: Route.Owner? = nil,
    parameters: [any DeclaredParameter] = [],
    render: @escaping @Sendable (Call, TenantRow, Database) throws -> Page?
  ) -> Route {
    .page(
      path, summary, navigation: navigation, reads: [Tenants.name, model.name],
      permission: permission, owner: owner, parameters: parameters,
      answers: path.parameterNames.count > 1 ? [.page, .page(.notFound)] : [.page]
    ) { call in
      let tenant = try tenant(of: call)
      guard let page = try read(model, { try render(call, tenant, $0) }) else {
        throw Problem.notFound(Self.missing(path, call, tenant))
      }
      return .page(tenant.withBanner(page))
    }
  }

  /// Names what a page's path names: `The tenant acme has no refund r1.`
  private static func missing(
    _ path: PathTemplate, _ call: Call, _ tenant: TenantRow
  ) -> String {
    guard let name = path.parameterNames.last, name.hasSuffix("Id"),
      let id = call.path.split(separator: "/").last
    else { return "There is no page \(call.path)." }
    return "The tenant \(tenant.tenant) has no \(name.dropLast(2)) \(id)."
  }

  /// What the id in a path names.
  ///
  /// - Parameters:
  ///   - noun: what it is, for the refusal where the tenant has none.
  ///   - read: gets the id and returns `nil` where there is none.
  func find<ID: Identifier, R>(
    _ noun: String, _ parameter: Parameter<ID>, of call: Call, in model: any ReadModel.Type,
    _ read: (ID, Database) throws -> R?
  ) throws -> R {
    let id = call[parameter]
    guard let found = try self.read(model, { try read(id, $0) }) else {
      throw Problem.notFound("The tenant \(call.tenant) has no \(noun) \(id).")
    }
    return found
  }

  func tenant(of call: Call) throws -> TenantRow {
    guard let tenant = try read(Tenants.self, { try Tenants.tenant(call.tenant, in: $0) }) else {
      throw Problem.notFound("There is no tenant \(call.tenant).")
    }
    return tenant
  }
}

extension Answer {
  static func page(_ status: Status) -> Answer { Answer(status, "Page", mediaType: "text/html") }
}

extension TenantRow {
  /// Adds the banner to the page of a tenant that is not active.
  func withBanner(_ page: Page) -> Page {
    let words: String
    switch state {
    case "suspended":
      words = "This tenant is suspended (T2): it accepts no commands until it is reinstated."
    case "importing":
      words = "A history is being imported: until the import ends, nothing is paid automatically."
    default: return page
    }
    return Page(
      title: page.title,
      body: """
        <p class="banner \(state)" role="note">\(words)</p>
        \(page.body)
        """)
  }

  /// The tenant's calendar day at an instant.
  func day(of instant: Timestamp) throws -> CalendarDate {
    guard let calendar = TenantCalendar(timeZone: timeZone) else {
      throw Problem(
        .internalError,
        detail: "The time zone \(timeZone) of \(tenant) is not known on this machine.")
    }
    return calendar.date(of: instant)
  }
}
