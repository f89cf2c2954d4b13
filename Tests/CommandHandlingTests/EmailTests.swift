// A command that sets an e-mail address sets one that a message can be sent to.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import OutsideData
import RunningRedress
import Testing

struct `The e-mail address of a command` {
  private struct Field {
    var command: String
    var name: String
    /// The rest of the command's data.
    var others: String
  }

  private static let fields = [
    Field(command: "AddAgent", name: "email", others: #""agentId":"lee","role":"agent""#),
    Field(
      command: "RecordOrder", name: "customerEmail",
      others: #"""
        "orderId":"o9","customerId":"robin","source":"api","currency":"GBP",\#
        "placedAt":"2026-01-16T10:00:00Z",\#
        "lines":[{"lineId":"1","title":"Lantern","quantity":1,"unitPrice":339}]
        """#),
    Field(command: "RegisterCustomer", name: "email", others: #""customerId":"robin""#),
    Field(command: "ChangeCustomerDetails", name: "email", others: #""customerId":"robin""#),
  ]

  private static let refused = [
    "robin", "@example.com", "robin@", "a@b, c@d", "Robin <robin@example.com>",
    "robin@example.com ",
    "robin@example.com\r\nBcc: all@example.com", "röbin@example.com", "robin@exämple.com",
    "\u{202E}robin@example.com", "robin@-example.com", "robin..day@example.com",
    "\"a b\"@example.com",
    String(repeating: "a", count: 65) + "@example.com",
  ]

  @Test func `is checked in every field for one`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "EventSchemas/commands")
    var found: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let schema = try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: file))))
      guard case .object(let properties)? = schema["properties"] else { continue }
      for property in properties where property.key.lowercased().hasSuffix("email") {
        found.insert("\(schema["title"]?.string ?? file).\(property.key)")
      }
    }
    #expect(found == Set(Self.fields.map { "\($0.command).\($0.name)" }))
  }

  @Test func `that is none is refused, and nothing is recorded`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let tenant = try #require(TenantID("acme"))
    let end = redress.log.durableEnd(of: tenant)
    for (number, field) in Self.fields.enumerated() {
      for (index, text) in (Self.refused + HostileTexts.all).enumerated() {
        let value = String(decoding: JSONValue.string(text).json, as: UTF8.self)
        let answer = try await redress.submit(
          "email-\(number)-\(index)", field.command,
          "{\(field.others),\"\(field.name)\":\(value)}")
        guard case .invalid(let fault) = answer.outcome else {
          Issue.record("\(field.command) takes \(text.debugDescription): \(answer)")
          continue
        }
        #expect(fault.path == "$.data.\(field.name)" && fault.value == text)
        #expect(fault.problem.contains("is not an e-mail address"))
      }
    }
    #expect(redress.log.durableEnd(of: tenant) == end)
    for (number, field) in Self.fields.enumerated() {
      let data = "{\(field.others),\"\(field.name)\":\"o'neil+\(number)@mail.example.com\"}"
      let answer = try await redress.submit("good-\(number)", field.command, data)
      #expect(answer.isAccepted, "\(field.command): \(answer)")
    }
    redress.stop()
  }
}
