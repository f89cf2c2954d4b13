// The commands of the support stories. Each story is a case of its own, `support-ORDER`, and
// everything in it happens one after another on the story's own clock.

internal import EventSourcing
internal import JSON
internal import SeededRandom

extension CommandBatch {
  /// Appends everything that happens in one story.
  mutating func append(_ story: SupportStory, of order: Order) {
    var teller = StoryTeller(story, of: order)
    teller.tell(story.kind)
    self = self + teller.batch
  }
}

private struct StoryTeller {
  private(set) var batch = CommandBatch()
  private let order: Order
  private let customer: String
  private var random: SplitMix64
  private var letters: Letters
  private var time: Timestamp
  private var stepCount = 0

  private var caseID: String { "support-\(order.number)" }

  init(_ story: SupportStory, of order: Order) {
    guard let customer = order.customer else {
      preconditionFailure("a story about an order without a customer: \(order.number)")
    }
    self.order = order
    self.customer = customer
    time = story.time
    random = SplitMix64(seed: story.seed)
    let article = random.pick(order.lines).title
    letters = Letters(random: random.split(), article: article, order: order.number)
  }

  mutating func tell(_ kind: SupportStory.Kind) {
    switch kind {
    case .question: tellQuestion()
    case .complaint: tellComplaint()
    case .hold: tellHold()
    case .chargeback: tellChargeback()
    }
  }

  private mutating func tellQuestion() {
    open("product", "A question about order \(order.number)", severity: "low")
    write(letters.question(), by: .buyer)
    assign()
    write(letters.answer(), by: .agent)
    resolve("resolved")
    close()
  }

  private mutating func tellComplaint() {
    open("product", "Not happy with order \(order.number)", severity: "normal")
    write(letters.complaint(), by: .buyer)
    assign()
    write(letters.request(), by: .agent)
    move(to: "awaiting_customer")
    write(letters.reply(), by: .buyer)
    if random.oneIn(4) { move(to: "escalated") }
    // Some are still being worked on.
    if random.oneIn(3) { return }
    write(letters.answer(), by: .agent)
    resolve(random.pick(["resolved", "goodwill", "denied"]))
    if random.oneIn(2) { close() }
  }

  private mutating func tellHold() {
    open("payment", "Is order \(order.number) what it should be?", severity: "high")
    write(letters.complaint(), by: .buyer)
    assign()
    submit(.hold, "ApplyPayoutHold", by: .agent) { [self, amount = part()] in
      $0.appendLiteral("{\"holdId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"caseId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"orderId\":")
      $0.appendJSON(order.number)
      $0.appendLiteral(",\"amount\":")
      $0.appendJSON(amount)
      $0.appendLiteral(",\"expiresAt\":")
      $0.appendJSON(time.advanced(byMinutes: 14 * 24 * 60))
      $0.appendLiteral(",\"reason\":\"until the complaint is looked into\"}")
    }
    // The others end by themselves when their time is over.
    if random.oneIn(2) { say("ReleasePayoutHold", "holdId") }
    write(letters.answer(), by: .agent)
    resolve("resolved")
  }

  private mutating func tellChargeback() {
    open("chargeback", "The bank wants order \(order.number) back", severity: "high")
    write(letters.chargebackNote(), by: .buyer)
    assign()
    submit(.chargeback, "OpenChargeback", by: .shop) { [self, amount = part()] in
      $0.appendLiteral("{\"chargebackId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"caseId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"orderId\":")
      $0.appendJSON(order.number)
      $0.appendLiteral(",\"paymentId\":")
      $0.appendJSON("payment-\(order.number)")
      $0.appendLiteral(",\"amount\":")
      $0.appendJSON(amount)
      $0.appendLiteral(",\"reason\":\"not_recognised\"}")
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      represent()
      end("won")
    case 1:
      represent()
      end("lost")
    case 2: end("accepted")
    // The bank has not said yet.
    default: return
    }
    resolve("resolved")
  }

  /// Some of what was paid, or all of it, in pence.
  private mutating func part() -> Int {
    random.oneIn(3) ? Int.random(in: 1...order.total, using: &random) : order.total
  }
}

// The single steps.
extension StoryTeller {
  private enum Author {
    case buyer, agent, shop
  }

  private func actor(_ author: Author) -> String {
    switch author {
    case .buyer: "customer/\(customer)"
    case .agent: CommandBatch.agentActor
    case .shop: CommandBatch.shopActor
    }
  }

  private mutating func submit(
    _ kind: Submission.Kind, _ type: String, by author: Author,
    data: (inout [UInt8]) -> Void
  ) {
    stepCount += 1
    batch.append(
      Submission(kind: kind, subject: "\(order.number)-\(stepCount)", time: time), type: type,
      actor: actor(author), data: data)
    time = time.advanced(byMinutes: Int.random(in: 1...600, using: &random))
  }

  private mutating func open(_ type: String, _ title: String, severity: String) {
    submit(.story, "OpenCase", by: .buyer) { [caseID, customer, order] in
      $0.appendLiteral("{\"caseId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"customerId\":")
      $0.appendJSON(customer)
      $0.appendLiteral(",\"orderId\":")
      $0.appendJSON(order.number)
      $0.appendLiteral(",\"title\":")
      $0.appendJSON(title)
      $0.appendLiteral(",\"type\":")
      $0.appendJSON(type)
      $0.appendLiteral(",\"severity\":")
      $0.appendJSON(severity)
      $0.appendLiteral("}")
    }
  }

  private mutating func write(_ body: String, by author: Author) {
    say(
      "PostMessage", "caseId",
      [
        "customerId": customer, "authorRole": author == .buyer ? "buyer" : "agent", "body": body,
      ], kind: .message, by: author)
  }

  private mutating func assign() { say("AssignCase", "caseId", ["owner": CommandBatch.agent]) }

  private mutating func move(to status: String) {
    say("ChangeCaseStatus", "caseId", ["status": status])
  }

  private mutating func resolve(_ resolution: String) {
    say("ResolveCase", "caseId", ["resolution": resolution])
  }

  private mutating func close() { say("CloseCase", "caseId") }

  private mutating func end(_ outcome: String) {
    say(
      "RecordChargebackOutcome", "caseId", ["chargebackId": caseID, "outcome": outcome], by: .shop)
  }

  /// The evidence is only named: the shop keeps no such files.
  private mutating func represent() {
    let digits = (0..<4).map { _ in String(random.next(), radix: 16) }
    let digest = digits.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    submit(.work, "AttachEvidence", by: .agent) { [caseID, customer] in
      $0.appendLiteral("{\"caseId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"customerId\":")
      $0.appendJSON(customer)
      $0.appendLiteral(",\"sha256\":")
      $0.appendJSON(digest)
      $0.appendLiteral(",\"bytes\":20480,\"mime\":\"application/pdf\"}")
    }
    submit(.work, "RepresentChargeback", by: .agent) { [caseID] in
      $0.appendLiteral("{\"caseId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"chargebackId\":")
      $0.appendJSON(caseID)
      $0.appendLiteral(",\"evidence\":[")
      $0.appendJSON(digest)
      $0.appendLiteral("]}")
    }
  }

  /// Appends a command whose fields are the case's name and texts.
  private mutating func say(
    _ type: String, _ name: String, _ fields: KeyValuePairs<String, String> = [:],
    kind: Submission.Kind = .work, by author: Author = .agent
  ) {
    submit(kind, type, by: author) { [caseID] in
      $0.appendLiteral("{")
      $0.appendJSON(name)
      $0.appendLiteral(":")
      $0.appendJSON(caseID)
      for (key, value) in fields {
        $0.appendLiteral(",")
        $0.appendJSON(key)
        $0.appendLiteral(":")
        $0.appendJSON(value)
      }
      $0.appendLiteral("}")
    }
  }
}
