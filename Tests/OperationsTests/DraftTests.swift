// Drafts of returns: read strictly, kept for each tenant by itself.

import EventSourcing
import JSON
import Operations
import Testing

struct `A draft of a return` {
  let folder = try! RecordsFolder()
  let id = DraftID(unchecked: "d1")

  @Test func `is found again by its own tenant only`() throws {
    let records = try folder.open()
    let (saved, isNew) = try records.save(draft(), as: id, tenant: acme, at: start)
    #expect(isNew)
    #expect(try records.draft(id, tenant: acme, at: start) == saved)
    #expect(try records.draft(id, tenant: other, at: start) == nil)
    #expect(try !records.deleteDraft(id, tenant: other, at: start))
    #expect(try records.deleteDraft(id, tenant: acme, at: start))
    #expect(try !records.deleteDraft(id, tenant: acme, at: start))
    #expect(try records.draft(id, tenant: acme, at: start) == nil)
  }

  @Test func `may have no line, customer or address yet`() throws {
    let draft: ReturnDraft = try read(#"{"orderId":"1","lines":[]}"#)
    #expect(draft.status == .open)
    #expect(draft.customerEmail == nil)
  }

  @Test(arguments: [
    (#"{"lines":[]}"#, "$.orderId", "the required field orderId is missing"),
    (#"{"orderId":"1"}"#, "$.lines", "the required field lines is missing"),
    (#"{"orderId":"a b","lines":[]}"#, "$.orderId", #"found "a b", expected an identifier"#),
    (#"{"orderId":1,"lines":[]}"#, "$.orderId", "found 1"),
    (#"{"orderId":"1","lines":[],"colour":1}"#, "$.colour", "unknown field"),
    (#"{"orderId":"1","orderId":"1","lines":[]}"#, "$.orderId", "occurs twice"),
    (
      #"{"orderId":"1","lines":[],"customerEmail":"a@b\r\nBcc: c@d"}"#, "$.customerEmail",
      "expected an e-mail address"
    ),
    (#"{"orderId":"1","lines":[],"status":"sent"}"#, "$.status", "one of: open, submitted"),
    (
      #"{"orderId":"1","lines":[{"lineId":"1","quantity":0}]}"#, "$.lines[0].quantity",
      "a whole number from 1"
    ),
    (
      #"{"orderId":"1","lines":[{"lineId":"1","quantity":1.5}]}"#, "$.lines[0].quantity",
      "found 1.5"
    ),
    (#"{"orderId":"1","lines":[{"quantity":1}]}"#, "$.lines[0].lineId", "is missing"),
    (#"{"orderId":"1","lines":[]} x"#, "$", "after the end"),
    ("[]", "$", "expected an object"),
  ])
  func `is refused with field, value and rule`(
    json: String, path: String, problem: String
  ) throws {
    #expect {
      let _: ReturnDraft = try read(json)
    } throws: { error in
      guard let error = error as? JSONError else { return false }
      #expect(error.path == path)
      #expect(error.problem.contains(problem), "\(error)")
      return true
    }
  }

  @Test func `names each line once`() throws {
    let line = #"{"lineId":"1","quantity":1}"#
    let twice: ReturnDraft = try read(#"{"orderId":"1","lines":[\#(line),\#(line)]}"#)
    #expect(twice.contradiction?.contains("the line 1 occurs twice") == true)
    let once: ReturnDraft = try read(#"{"orderId":"1","lines":[\#(line)]}"#)
    #expect(once.contradiction == nil)
  }

  @Test func `has at most a thousand lines`() throws {
    func lines(_ count: Int) -> String {
      (0..<count).map { #"{"lineId":"\#($0)","quantity":1}"# }.joined(separator: ",")
    }
    let most: ReturnDraft = try read(#"{"orderId":"1","lines":[\#(lines(1_000))]}"#)
    #expect(most.lines.count == 1_000)
    #expect(throws: JSONError.self) {
      let _: ReturnDraft = try read(#"{"orderId":"1","lines":[\#(lines(1_001))]}"#)
    }
  }
}

struct `An e-mail address` {
  @Test(arguments: ["robin@example.com", "o'brien+x@mail.example.com", "a@b", "A.b_c@1-2.example"])
  func `is taken as it stands`(text: String) {
    #expect(EmailAddress(text)?.rawValue == text)
  }

  @Test(arguments: [
    "", "robin", "@example.com", "robin@", "a@b@c", "a b@example.com", "a@exa mple.com", ".a@b",
    "a.@b", "a..b@c", "a@b..c", "a@-b", "a@b-", "a@b\r\nBcc: x@y", "a\0@b", "<a@b>", "a@b,c@d",
    "\"a\"@b", "ä@example.com", "a@[127.0.0.1]", String(repeating: "a", count: 65) + "@b",
    "a@" + String(repeating: "b.", count: 130) + "c",
  ])
  func `is refused where it could be read in another way`(text: String) {
    #expect(EmailAddress(text) == nil)
  }

  @Test func `knows its domain`() {
    #expect(EmailAddress("robin@mail.example.com")?.domain == "mail.example.com")
  }
}
