// How a snapshot keeps the outcome of an attempt: a code means that it failed.

import Events

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
