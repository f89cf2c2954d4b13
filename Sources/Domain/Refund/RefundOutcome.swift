// How an attempt to pay a refund ended, and how a snapshot keeps it: a code means that it failed.

public import Events

extension Refund {
  /// How an attempt ended, as far as known.
  public enum Outcome: Hashable, Sendable {
    case executed(settlementReference: String)
    case failed(FailureCode, reason: String)

    var isExecuted: Bool {
      if case .executed = self { true } else { false }
    }
  }
}

extension Refund.Outcome: Codable {
  private enum CodingKeys: CodingKey {
    case code, text
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let code = try container.decodeIfPresent(FailureCode.self, forKey: .code)
    let text = try container.decode(String.self, forKey: .text)
    self = code.map { .failed($0, reason: text) } ?? .executed(settlementReference: text)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .executed(let reference): try container.encode(reference, forKey: .text)
    case .failed(let code, let reason):
      try container.encode(code, forKey: .code)
      try container.encode(reason, forKey: .text)
    }
  }
}
