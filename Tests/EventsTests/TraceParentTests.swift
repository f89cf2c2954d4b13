// W3C Trace Context, level 1, section 3.2: what a traceparent may be.

import Events
import Testing

struct `A traceparent` {
  static let whole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func `of version 00 is taken as it is`() {
    #expect(TraceParent(header: Self.whole)?.rawValue == Self.whole)
  }

  @Test(arguments: ["", "-more", "-0123456789"])
  func `of a later version is taken for what version 00 says`(more: String) {
    let later = "cc" + Self.whole.dropFirst(2) + more
    #expect(TraceParent(header: later)?.rawValue == Self.whole)
  }

  @Test(arguments: [
    "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
    "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
  ])
  func `that is malformed is none`(text: String) {
    #expect(TraceParent(header: text) == nil)
  }
}
