// permissions.json: which permission each command needs. It is no published schema, because who may
// do what changes without changing what was recorded. Each command has one entry:
//
//     "ApproveRefund": "decide"
//     "ReconcileRefund": { "outcome": { "executed": "confirmPayments", "failed": … } }
//
// The second form is for a command whose permission depends on a field: one entry for each value of
// that field's type.

import JSON

/// What permissions.json says.
struct Permissions {
  /// Each permission with what it allows, in the file's order.
  var all: [(name: String, meaning: String)]
  /// By the command's name.
  var needs: [String: Need]

  enum Need {
    case always(String)
    /// The property, and the permission for each of its values.
    case byField(String, [(value: String, permission: String)])

    /// Each once.
    var permissions: [String] {
      switch self {
      case .always(let permission): [permission]
      case .byField(_, let entries): Set(entries.map(\.permission)).sorted()
      }
    }
  }
}

extension Permissions {
  /// - Parameter commands: in their latest versions.
  init(_ node: Node, of commands: [Message]) throws {
    try node.allow(["permissions", "commands"])
    all = try node.required("permissions").members().map { ($0.key, try $0.node.string()) }
    needs = [:]
    let entries = try node.required("commands")
    for (name, entry) in try entries.members() {
      guard let command = commands.first(where: { $0.name == name }) else {
        throw entry.failure("there is no command \(name)")
      }
      needs[name] = try need(entry, of: command)
    }
    for command in commands where needs[command.name] == nil {
      throw entries.failure("the command \(command.name) has no permission")
    }
  }

  private func need(_ node: Node, of command: Message) throws -> Need {
    guard node.value.string == nil else { return .always(try permission(node)) }
    let members = try node.members()
    guard let (key, values) = members.first, members.count == 1,
      let field = command.fields.first(where: { $0.key == key }), field.isRequired,
      field.shape.elements == nil, case .choice(let choices) = field.shape.kind
    else { throw node.failure("expected a permission, or one required field with fixed values") }
    let entries = try values.members()
    guard entries.map(\.key).sorted() == choices.sorted() else {
      throw values.failure("expected each of \(choices.joined(separator: ", ")) once")
    }
    return .byField(field.property, try entries.map { ($0.key, try permission($0.node)) })
  }

  private func permission(_ node: Node) throws -> String {
    let name = try node.string()
    guard all.contains(where: { $0.name == name }) else {
      let known = all.map(\.name).joined(separator: ", ")
      throw node.failure("there is no permission \(name); there are: \(known)")
    }
    return name
  }
}

extension SwiftText {
  mutating func permissions(_ permissions: Permissions, _ commands: [Message]) {
    line()
    documentation("What the sender of a command must be allowed to do.")
    block("public enum Permission: String, CaseIterable, Sendable") { swift in
      for (name, meaning) in permissions.all {
        swift.documentation(meaning)
        swift.line("case \(escaped(name))")
      }
      swift.byCommand(permissions, commands.filter(\.isLatest))
    }
    line()
    block("extension Command") { swift in
      swift.documentation("The permission that submitting this command needs.")
      swift.block("public var permission: Permission") { swift in
        swift.cases("self") { swift in
          for command in commands where command.isLatest {
            swift.need(permissions.needs[command.name], of: command)
          }
        }
      }
    }
  }

  private mutating func byCommand(_ permissions: Permissions, _ commands: [Message]) {
    line()
    documentation("The permissions that each command can need, by its type.")
    line("public static let byCommand: [String: Set<Permission>] = [")
    for command in commands {
      let names = permissions.needs[command.name]?.permissions ?? []
      line("  \(literal(command.name)): [\(names.map { ".\($0)" }.joined(separator: ", "))],")
    }
    line("]")
  }

  private mutating func need(_ need: Permissions.Need?, of command: Message) {
    let aggregate = command.template.aggregate.swiftCase
    switch need {
    case .always(let permission):
      line("case .\(aggregate)(.\(command.swiftCase)): .\(permission)")
    case .byField(let property, let values):
      line("case .\(aggregate)(.\(command.swiftCase)(let command)):")
      line("  switch command.\(property) {")
      for (value, permission) in values { line("  case .\(swiftCase(of: value)): .\(permission)") }
      line("  }")
    case nil: preconditionFailure("each command's permission was checked")
    }
  }
}
