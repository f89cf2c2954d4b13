// A payment provider on the other side of a bad network. Requests arrive late, twice or never;
// answers get lost. Its books are its own: they survive every crash of the service. What must hold,
// as the port demands: one key is paid at most once, and a key it called "never received" is never
// paid.

internal import EventSourcing
package import Gateways
internal import SeededRandom

package final class SimulatedProvider: PaymentGateway, @unchecked Sendable {
  package enum Entry: Equatable {
    case paid(PaymentInstruction, reference: String)
    /// It will be paid some time after it was looked up.
    case accepted(PaymentInstruction, reference: String)
    case declined(PaymentInstruction)
    /// A lookup was answered that it never arrived, so it must not arrive any more.
    case void
  }

  private struct Request {
    var instruction: PaymentInstruction
    var caller: CheckedContinuation<PaymentAnswer, Never>?
    var hasArrived = false
  }

  private struct Inquiry {
    var instruction: PaymentInstruction
    var caller: CheckedContinuation<PaymentRecord, Never>
  }

  private var random: SplitMix64
  private var requests: [Request] = []
  private var inquiries: [Inquiry] = []
  private(set) var books: [String: Entry] = [:]
  /// From now on it answers everything, and at once.
  var isFriendly = false

  init(random: SplitMix64) { self.random = random }

  package func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
    await withCheckedContinuation { caller in
      requests.append(Request(instruction: instruction, caller: caller))
    }
  }

  package func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord {
    await withCheckedContinuation { caller in
      inquiries.append(Inquiry(instruction: instruction, caller: caller))
    }
  }

  var isBusy: Bool { !requests.isEmpty || !inquiries.isEmpty }

  /// Something happens to one of the requests or inquiries.
  func step() {
    let count = requests.count + inquiries.count
    guard count > 0 else { return }
    let index = Int.random(in: 0..<count, using: &random)
    if index < requests.count { progress(index) } else { answer(index - requests.count) }
  }

  private func progress(_ index: Int) {
    if isFriendly {
      receive(index)
      return reply(index)
    }
    switch Int.random(in: 0..<12, using: &random) {
    case 0:
      // Lost on the way; the caller hears nothing.
      if let caller = requests.remove(at: index).caller { caller.resume(returning: Self.silence) }
    case 1:
      // The caller gives up; the request may still arrive.
      requests[index].caller?.resume(returning: Self.silence)
      requests[index].caller = nil
    case 2...6: receive(index)
    default:
      guard requests[index].hasArrived else { return receive(index) }
      reply(index)
    }
  }

  private static let silence = PaymentAnswer.unknown(reason: "no answer within the time limit")

  private func receive(_ index: Int) {
    guard !requests[index].hasArrived else { return }
    requests[index].hasArrived = true
    let instruction = requests[index].instruction
    let key = Self.key(instruction)
    guard books[key] == nil else { return }
    let reference = "sim_\(key)"
    books[key] =
      switch isFriendly ? 6 : Int.random(in: 0..<12, using: &random) {
      case 0, 1: .declined(instruction)
      case 2, 3: .accepted(instruction, reference: reference)
      default: .paid(instruction, reference: reference)
      }
  }

  private func reply(_ index: Int) {
    let request = requests.remove(at: index)
    switch books[Self.key(request.instruction)] {
    case .paid(_, let reference):
      request.caller?.resume(returning: .paid(settlementReference: reference))
    case .accepted: request.caller?.resume(returning: .accepted(reason: "pending"))
    case .declined: request.caller?.resume(returning: .declined(reason: "declined"))
    case .void, nil: request.caller?.resume(returning: Self.silence)
    }
  }

  private func answer(_ index: Int) {
    let inquiry = inquiries.remove(at: index)
    if !isFriendly && random.oneIn(4) {
      return inquiry.caller.resume(returning: .unavailable(reason: "closed"))
    }
    let key = Self.key(inquiry.instruction)
    switch books[key] {
    case .paid(_, let reference):
      inquiry.caller.resume(returning: .paid(settlementReference: reference))
    case .accepted(let instruction, let reference):
      if isFriendly || random.oneIn(2) { books[key] = .paid(instruction, reference: reference) }
      inquiry.caller.resume(returning: .accepted(reason: "pending"))
    case .declined: inquiry.caller.resume(returning: .declined(reason: "declined"))
    case .void, nil:
      books[key] = .void
      inquiry.caller.resume(returning: .neverReceived)
    }
  }

  /// What it tells the shop of its own accord, as webhooks do: late, and as often as it likes.
  func news() -> Entry? {
    let known = books.values.filter { $0 != .void }
    return known.sorted { "\($0)" < "\($1)" }.randomElement(using: &random)
  }

  /// No caller waits any more: the service died. What is on its way may still arrive.
  func hangUp() {
    for index in requests.indices {
      requests[index].caller?.resume(returning: Self.silence)
      requests[index].caller = nil
    }
    for inquiry in inquiries { inquiry.caller.resume(returning: .unavailable(reason: "gone")) }
    inquiries = []
  }

  private static func key(_ instruction: PaymentInstruction) -> String {
    "\(instruction.tenant)-\(instruction.idempotencyKey)"
  }
}
