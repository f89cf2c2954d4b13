// The words of customers and agents, put together at random from a few sentences each. They name
// no person, so that the demonstration has no person's data in it.

internal import SeededRandom

/// Writes messages as customers and agents do, in Markdown.
struct Letters {
  private var random: SplitMix64
  private let article: String
  private let order: String

  init(random: SplitMix64, article: String, order: String) {
    self.random = random
    self.article = article
    self.order = order
  }

  private static let greetings = [
    "Hello,", "Hi there,", "Good morning,", "Good afternoon,", "Dear shop,", "hello??", "Hiya 👋",
    "To whom it may concern,",
  ]

  private static let closings = [
    "Many thanks", "Thanks in advance!", "Kind regards", "Please let me know.", "Cheers",
    "I look forward to your answer.", "Thank you for your help 🙂",
  ]

  private static let details = [
    "It was meant as a present, so I am in a bit of a hurry.",
    "I have ordered from you many times and this never happened before.",
    "The parcel itself looked fine from the outside.",
    "I can send a photograph if that helps.",
    "My neighbour took the parcel in, so I only saw it today.",
    "The packing slip says everything was there.",
    "I would rather keep the order if this can be sorted out.",
    "I have looked at your questions and answers and did not find it there.",
  ]

  private mutating func letter(_ sentences: [String]) -> String {
    let detail = random.oneIn(2) ? [random.pick(Letters.details)] : []
    let body = (sentences + detail).joined(separator: " ")
    return [random.pick(Letters.greetings), body, random.pick(Letters.closings)]
      .joined(separator: "\n\n")
  }

  mutating func question() -> String {
    letter([
      random.pick([
        "Could you tell me when the rest of order **\(order)** will be sent?",
        "Does the *\(article)* come in another colour?",
        "I need an invoice with our company's address for order \(order).",
        "Can I still add two more of the *\(article)* to order \(order)?",
        "Is the *\(article)* safe for the dishwasher?",
        "I cannot find the care instructions of the \(article). Where do I look?",
      ])
    ])
  }

  mutating func complaint() -> String {
    letter([
      random.pick([
        "I am disappointed with the *\(article)* of order \(order).",
        "There is a problem with order \(order):",
        "Sorry to bother you about order \(order) again.",
      ]),
      random.pick([
        "\n\n- two of the \(article) have scratches\n- one is missing its label\n\n",
        "The \(article) arrived with a broken corner.",
        "It is not the \(article) that the picture shows.",
        "It took more than *three weeks* to arrive.",
        "The box was open and I think that something is missing.",
      ]),
    ])
  }

  mutating func chargebackNote() -> String {
    letter([
      "I do not recognise the payment for order \(order), so I have asked my bank to take it back."
    ])
  }

  mutating func request() -> String {
    random.pick([
      "Thank you for writing. Could you tell us which pieces of the \(article) it is about?",
      "I am sorry to hear that. May I ask you for a photograph of the \(article)?",
      "Thank you. When did the parcel of order \(order) arrive?",
    ])
  }

  mutating func reply() -> String {
    random.pick([
      "All of them, I am afraid.", "It arrived yesterday, in the afternoon.",
      "Two pieces, the ones at the bottom of the box.",
      "I have put the photograph with the parcel number on your page. Is that enough?",
    ])
  }

  mutating func answer() -> String {
    random.pick([
      "Thank you for your patience. Everything is arranged, and you will hear from us tomorrow.",
      "Good news: this is sorted out. Please write again if anything is left open.",
      "We have looked into it with our warehouse:\n\n1. the parcel was packed in full\n"
        + "2. it was handed over the next morning\n\nPlease tell us if you see it otherwise.",
    ])
  }
}
