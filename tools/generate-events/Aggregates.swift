// The aggregates, which `x-stream` and `x-target` name. The compiler sees a union of events and one
// of commands for each; a name that is not here is refused.

/// What a stream's name begins with.
enum Aggregate: String, CaseIterable {
  case tenant, customer, privacy, order, `case`, refund, `return`, hold, system
  /// The outcome of a command that changed no aggregate.
  case command

  /// What its types begin with, such as `Refund` of `RefundEvent`.
  var typePrefix: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

  /// The union over a family's types.
  func union(of family: Family) -> String { typePrefix + family.typeSuffix }

  /// Its case in `Event`, `Command` and `Subject`.
  var swiftCase: String { self == .case ? "supportCase" : rawValue }

  /// What documentation calls it.
  var words: String {
    switch self {
    case .privacy: "the tenant's erasures and legal holds"
    case .command: "a command that changed no aggregate"
    case .order: "an order"
    case .hold: "a payout hold"
    case .system: "the service itself"
    case .tenant, .customer, .case, .refund, .return: "a \(rawValue)"
    }
  }
}

/// How a stream is named: `tenant`, or `refund/{refundId}`.
struct Stream: Equatable {
  var aggregate: Aggregate
  /// The type of the id; nil where each tenant has one such stream.
  var idType: String?
}

extension Schemas {
  /// The stream of each aggregate that occurs, in the order of ``Aggregate``.
  func streams() throws -> [Stream] {
    var streams: [Aggregate: Stream] = [:]
    for message in events + commands {
      let stream = Stream(
        aggregate: message.template.aggregate, idType: message.template.field?.shape.swiftType)
      guard streams[stream.aggregate, default: stream] == stream else {
        throw SchemaError(
          file: message.file, path: "$.\(message.family.placeKeyword)",
          problem: "another schema names the streams of \(stream.aggregate.rawValue) otherwise")
      }
      streams[stream.aggregate] = stream
    }
    return Aggregate.allCases.compactMap { streams[$0] }
  }
}

extension [Message] {
  func of(_ aggregate: Aggregate) -> [Message] { filter { $0.template.aggregate == aggregate } }

  /// The aggregates that have such messages.
  var aggregates: [Aggregate] { Aggregate.allCases.filter { !of($0).isEmpty } }
}
