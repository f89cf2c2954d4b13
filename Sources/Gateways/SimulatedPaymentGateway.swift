// A provider for demonstrations and tests. It keeps books of its own in a file, as a real provider
// would outside this process: what is in there was paid, however often this process dies. Its
// settlement references follow from the idempotency key alone.

import Cryptography
import Foundation
import Synchronization

/// Pays whatever it is asked to, unless told otherwise.
public final class SimulatedPaymentGateway: PaymentGateway {
  /// How it treats one refund.
  public enum Behaviour: String, Sendable, CaseIterable {
    case pay
    case decline
    /// Pays and then does not answer.
    case timeout
    /// Never receives the request, and does not answer either.
    case lose
    /// Pays, then ends this process before the answer is recorded.
    case crash
  }

  private enum Entry: Hashable {
    case paid(reference: String, amount: Int, currency: String)
    case declined(reason: String)
  }

  private let books: Mutex<[String: Entry]>
  private let path: String?
  private let behaviour: @Sendable (PaymentInstruction) -> Behaviour
  private let crash: @Sendable () -> Void

  /// - Parameters:
  ///   - path: the file that keeps the books; `nil` keeps them in memory.
  ///   - behaviour: what to do with each instruction.
  ///   - crash: what ``Behaviour/crash`` does after the money has moved.
  public init(
    path: String? = nil,
    behaviour: @escaping @Sendable (PaymentInstruction) -> Behaviour = { _ in .pay },
    crash: @escaping @Sendable () -> Void
  ) {
    self.path = path
    self.behaviour = behaviour
    self.crash = crash
    self.books = Mutex(path.map(Self.read) ?? [:])
  }

  public func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
    let behaviour = behaviour(instruction)
    if behaviour == .lose { return .unknown(reason: "no answer within the time limit") }
    let entry = books.withLock { books in
      // The same key gets the same answer, whatever happened in between.
      if let known = books[Self.key(of: instruction)] { return known }
      let entry =
        behaviour == .decline
        ? Entry.declined(reason: "declined by the simulated provider")
        : .paid(
          reference: Self.reference(for: instruction), amount: instruction.amount,
          currency: instruction.currency)
      books[Self.key(of: instruction)] = entry
      append(Self.key(of: instruction), entry)
      return entry
    }
    switch behaviour {
    case .timeout: return .unknown(reason: "no answer within the time limit")
    case .crash: crash()
    case .pay, .decline, .lose: break
    }
    switch entry {
    case .paid(let reference, _, _): return .paid(settlementReference: reference)
    case .declined(let reason): return .declined(reason: reason)
    }
  }

  public func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord {
    switch books.withLock({ $0[Self.key(of: instruction)] }) {
    case .paid(let reference, _, _): .paid(settlementReference: reference)
    case .declined(let reason): .declined(reason: reason)
    case nil: .neverReceived
    }
  }

  /// What was paid so far, in minor units, and how many payments it took.
  public var paid: (count: Int, amount: Int) {
    books.withLock { books in
      books.values.reduce(into: (count: 0, amount: 0)) { sum, entry in
        guard case .paid(_, let amount, _) = entry else { return }
        sum.count += 1
        sum.amount += amount
      }
    }
  }

  private static func reference(for instruction: PaymentInstruction) -> String {
    "sim_" + SHA256.hash(Array(key(of: instruction).utf8)).description.prefix(16)
  }

  /// All tenants share these books, and two of them may well have a refund of the same name.
  private static func key(of instruction: PaymentInstruction) -> String {
    "\(instruction.tenant)/\(instruction.idempotencyKey)"
  }
}

// The books: one line for each entry, fields between tabs.
extension SimulatedPaymentGateway {
  private static func read(path: String) -> [String: Entry] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
    var books: [String: Entry] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if fields.count == 5, fields[0] == "paid", let amount = Int(fields[3]) {
        books[fields[1]] = .paid(reference: fields[2], amount: amount, currency: fields[4])
      } else if fields.count == 3, fields[0] == "declined" {
        books[fields[1]] = .declined(reason: fields[2])
      }
    }
    return books
  }

  private func append(_ key: String, _ entry: Entry) {
    guard let path else { return }
    let line =
      switch entry {
      case .paid(let reference, let amount, let currency):
        "paid\t\(key)\t\(reference)\t\(amount)\t\(currency)\n"
      case .declined(let reason): "declined\t\(key)\t\(reason)\n"
      }
    guard let file = fopen(path, "a") else { return }
    fputs(line, file)
    fclose(file)
  }
}
