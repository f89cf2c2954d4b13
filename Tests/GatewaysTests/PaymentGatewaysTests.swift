// The list of payment gateways: each is opened by its name.

import Gateways
import Testing

struct `The payment gateways` {
  let folder = TemporaryFolder()

  @Test func `have a name each`() {
    let names = PaymentGateways.all.map { $0.name }
    #expect(Set(names).count == names.count)
    #expect(names.contains("simulated"))
  }

  @Test func `are opened by name, with their options`() async throws {
    let gateway = try PaymentGateways.open(
      "simulated", PaymentGatewaySettings(folder: folder.path, options: ["decline=r2"]))
    let pays = await gateway.pay(PaymentGatewayContract.instruction())
    let declines = await gateway.pay(PaymentGatewayContract.instruction(refund: "r2"))
    #expect(
      pays != declines && declines == .declined(reason: "declined by the simulated provider"))
    let again = try PaymentGateways.open(
      "simulated", PaymentGatewaySettings(folder: folder.path))
    #expect(await again.pay(PaymentGatewayContract.instruction()) == pays)
  }

  @Test func `treat one leg of a refund otherwise where an option names it`() async throws {
    let gateway = try PaymentGateways.open(
      "simulated", PaymentGatewaySettings(folder: folder.path, options: ["decline=r1/p2"]))
    guard case .paid = await gateway.pay(PaymentGatewayContract.instruction()),
      case .declined = await gateway.pay(PaymentGatewayContract.instruction(payment: "p2"))
    else {
      Issue.record("both legs were treated alike")
      return
    }
  }

  @Test func `are asked in the provider's units`() async throws {
    let gateway = try PaymentGateways.open(
      "simulated", PaymentGatewaySettings(folder: folder.path))
    var instruction = PaymentGatewayContract.instruction()
    instruction.currency = "MGA"
    instruction.provider = "stripe"
    instruction.amount = 12_345
    guard case .declined(let reason) = await gateway.pay(instruction) else {
      Issue.record("it was asked for what it cannot pay exactly")
      return
    }
    #expect(reason.hasPrefix("Stripe pays in steps of MGA 1.00"))
  }

  @Test func `are refused by another name, or with another option`() {
    let settings = PaymentGatewaySettings(folder: folder.path, options: ["sing=r2"])
    let known = PaymentGateways.all.map { $0.name }
    #expect(throws: PaymentGatewayError.unknownGateway("none", known: known)) {
      try PaymentGateways.open("none", settings)
    }
    #expect(
      throws: PaymentGatewayError.badOption(
        "sing=r2", gateway: "simulated",
        expected: "HOW=REFUND or HOW=REFUND/PAYMENT, where HOW is one of pay, decline, pend, "
          + "timeout, lose, crash")
    ) { try PaymentGateways.open("simulated", settings) }
  }
}
