// Why a command about a tenant's shop is refused (rule book, Integrations).

public import Events

/// Why a command about a tenant's shop is refused.
public enum IntegrationRejection: Rejection {
  case otherShopConnected(ShopDomain, connected: ShopDomain)
  case topicNamedTwice(String)
  case notConnected(ShopDomain, connected: ShopDomain?)

  public var explanation: Explanation {
    switch self {
    case .otherShopConnected(let shop, let connected):
      Explanation(
        "Integrations", TenantRefusal.otherShopConnected,
        "\(connected) is connected, and a tenant has one shop. DisconnectShop ends that before "
          + "\(shop) is connected.",
        ["shop": shop, "connected": connected])
    case .topicNamedTwice(let topic):
      Explanation(
        "Integrations", TenantRefusal.topicNamedTwice,
        "The webhook endpoints name the topic \(topic) twice; each topic has one endpoint.",
        ["topic": topic])
    case .notConnected(let shop, let connected):
      Explanation(
        "Integrations", TenantRefusal.shopNotConnected,
        "\(shop) is not connected; " + (connected.map { "\($0) is" } ?? "no shop is")
          + ". ConnectShop connects it.",
        ["shop": shop])
    }
  }
}
