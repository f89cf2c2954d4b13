// A payment provider for demonstrations and tests: no money moves. It keeps books of its own
// outside the log, as a real provider does, so an entry stays paid however often this process dies.
// Its settlement references follow from tenant and idempotency key.

import Cryptography
import Glibc
import Synchronization

/// Pays every instruction, unless a refund or a leg of it is given another behaviour.
public final class SimulatedPaymentGateway: PaymentGateway {
  /// The treatment of an instruction.
  public enum Behaviour: String, Sendable, CaseIterable {
    case pay
    case decline
    /// Accepts, and pays when it is looked up.
    case pend
    /// Pays and then does not answer.
    case timeout
    /// Does not receive the request, and does not answer.
    case lose
    /// Pays, then ends this process before the answer is recorded.
    case crash
  }

  private let books: Mutex<SimulatedBooks>
  private let behaviour: @Sendable (PaymentInstruction) -> Behaviour
  private let crash: @Sendable () -> Void

  private static let pending = "pending at the simulated provider"
  private static let silence = PaymentAnswer.unknown(reason: "no answer within the time limit")

  /// - Parameters:
  ///   - path: the file that keeps the books; `nil` keeps them in memory.
  ///   - behaviour: the treatment of each instruction.
  ///   - crash: what ``Behaviour/crash`` does after the money has moved.
  public init(
    path: String? = nil,
    behaviour: @escaping @Sendable (PaymentInstruction) -> Behaviour = { _ in .pay },
    crash: @escaping @Sendable () -> Void
  ) {
    books = Mutex(SimulatedBooks(path: path))
    self.behaviour = behaviour
    self.crash = crash
  }

  public func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
    let behaviour = behaviour(instruction)
    if behaviour == .lose { return Self.silence }
    let entry: SimulatedBooks.Entry
    do throws(SimulatedBooksError) {
      entry = try books.withLock { books throws(SimulatedBooksError) in
        try books.entry(of: Self.key(of: instruction)) {
          let reference = Self.reference(for: instruction)
          let (amount, currency) = (instruction.amount, instruction.currency)
          return switch behaviour {
          case .decline: .declined(reason: "declined by the simulated provider")
          case .pend: .accepted(reference: reference, amount: amount, currency: currency)
          case .pay, .timeout, .lose, .crash:
            .paid(reference: reference, amount: amount, currency: currency)
          }
        }
      }
    } catch { return .unknown(reason: error.description) }
    switch behaviour {
    case .timeout: return Self.silence
    case .crash: crash()
    case .pay, .decline, .pend, .lose: break
    }
    switch entry {
    case .paid(let reference, _, _): return .paid(settlementReference: reference)
    case .accepted: return .accepted(reason: Self.pending)
    case .declined(let reason): return .declined(reason: reason)
    }
  }

  public func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord {
    do throws(SimulatedBooksError) {
      let entry = try books.withLock { books throws(SimulatedBooksError) in
        try books.settledEntry(of: Self.key(of: instruction))
      }
      switch entry {
      case .accepted: return .accepted(reason: Self.pending)
      case .paid(let reference, _, _): return .paid(settlementReference: reference)
      case .declined(let reason): return .declined(reason: reason)
      case nil: return .neverReceived
      }
    } catch { return .unavailable(reason: error.description) }
  }

  /// The number of payments so far, and their sum in minor units.
  public var paid: (count: Int, amount: Int) { books.withLock { $0.paid() } }

  private static func reference(for instruction: PaymentInstruction) -> String {
    "sim_" + SHA256.hash(Array(key(of: instruction).utf8)).description.prefix(16)
  }

  /// All tenants share these books, and two of them may have a refund of the same name.
  private static func key(of instruction: PaymentInstruction) -> String {
    "\(instruction.tenant)/\(instruction.idempotencyKey)"
  }
}

extension SimulatedPaymentGateway: PaymentGatewayAdapter {
  public static let name = "simulated"
  public static let isSimulated = true

  /// Keeps its books in the data folder; an option `HOW=REFUND` treats one refund otherwise,
  /// `HOW=REFUND/PAYMENT` what it gives back by one payment.
  public static func open(_ settings: PaymentGatewaySettings) throws -> SimulatedPaymentGateway {
    let behaviours = try behaviours(settings.options)
    return SimulatedPaymentGateway(
      path: settings.folder + "/simulated-provider.tsv",
      behaviour: {
        behaviours["\($0.refundID)/\($0.paymentID)"] ?? behaviours[$0.refundID] ?? .pay
      }, crash: { kill(getpid(), SIGKILL) })
  }

  /// By refund, or refund and payment, of options such as `decline=srf_8Q2/pay_1`.
  private static func behaviours(_ options: [String]) throws -> [String: Behaviour] {
    var behaviours: [String: Behaviour] = [:]
    for option in options {
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let behaviour = Behaviour(rawValue: parts[0]) else {
        let known = Behaviour.allCases.map(\.rawValue).joined(separator: ", ")
        throw PaymentGatewayError.badOption(
          option, gateway: name,
          expected: "HOW=REFUND or HOW=REFUND/PAYMENT, where HOW is one of \(known)")
      }
      behaviours[parts[1]] = behaviour
    }
    return behaviours
  }
}
