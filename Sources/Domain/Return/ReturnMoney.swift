// What the customer gets for a return, and how a snapshot keeps it: the refund's id,
// `store_credit`, or nothing.

public import Events

extension Return {
  /// What the customer gets.
  public enum Money: Hashable, Sendable {
    case notDue
    case refund(RefundID)
    case storeCredit
  }
}

extension Return.Money: Codable {
  private enum CodingKeys: CodingKey {
    case refundID, storeCredit
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let refundID = try container.decodeIfPresent(RefundID.self, forKey: .refundID) {
      self = .refund(refundID)
    } else {
      self = try container.decode(Bool.self, forKey: .storeCredit) ? .storeCredit : .notDue
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .refund(let refundID): try container.encode(refundID, forKey: .refundID)
    case .storeCredit: try container.encode(true, forKey: .storeCredit)
    case .notDue: try container.encode(false, forKey: .storeCredit)
    }
  }
}
