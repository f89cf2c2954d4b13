// The payment gateways by name. A new adapter is a folder beside `Simulated` and one line in `all`.

/// A payment gateway that the service can be started with.
public protocol PaymentGatewayAdapter: PaymentGateway {
  /// The name on the command line, such as `simulated`.
  static var name: String { get }

  /// Whether no real money moves.
  static var isSimulated: Bool { get }

  /// Opens the gateway with the books and settings that it had before.
  ///
  /// - Throws: ``PaymentGatewayError`` for a setting that the adapter does not have.
  static func open(_ settings: PaymentGatewaySettings) throws -> Self
}

/// What a payment gateway is opened with.
public struct PaymentGatewaySettings: Sendable {
  /// The data folder, in which an adapter may keep files of its own.
  public var folder: String
  /// The adapter's own options, `NAME=VALUE` each.
  public var options: [String]

  public init(folder: String, options: [String] = []) {
    self.folder = folder
    self.options = options
  }
}

/// A payment gateway that cannot be opened.
public enum PaymentGatewayError: Error, Equatable, CustomStringConvertible {
  case unknownGateway(String, known: [String])
  case badOption(String, gateway: String, expected: String)

  public var description: String {
    switch self {
    case .unknownGateway(let name, let known):
      "there is no payment gateway \(name); there are: \(known.joined(separator: ", "))"
    case .badOption(let option, let gateway, let expected):
      "the payment gateway \(gateway) has no option \(option); it takes \(expected)"
    }
  }
}

/// The list of all payment gateways.
public enum PaymentGateways {
  /// Each adapter once.
  public static let all: [any PaymentGatewayAdapter.Type] = [
    SimulatedPaymentGateway.self
  ]

  /// The adapter of a name.
  ///
  /// - Throws: ``PaymentGatewayError/unknownGateway(_:known:)``.
  public static func adapter(_ name: String) throws -> any PaymentGatewayAdapter.Type {
    guard let adapter = all.first(where: { $0.name == name }) else {
      throw PaymentGatewayError.unknownGateway(name, known: all.map { $0.name })
    }
    return adapter
  }

  /// Opens a gateway, which is then asked in the units of the provider that took each payment.
  ///
  /// - Throws: ``PaymentGatewayError``.
  public static func open(
    _ name: String, _ settings: PaymentGatewaySettings
  ) throws -> any PaymentGateway {
    try exact(adapter(name).open(settings))
  }

  private static func exact(_ gateway: some PaymentGateway) -> any PaymentGateway {
    ExactAmountGateway(gateway)
  }
}
