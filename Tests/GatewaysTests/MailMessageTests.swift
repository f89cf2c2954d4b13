// Each file in the outbox is one well-formed message, with every text that it can get.

import EventSourcing
import Foundation
import Gateways
import OutsideData
import Testing

struct `A message in the outbox` {
  let folder = TemporaryFolder()

  static let fields = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding",
  ]

  private func message(
    _ position: UInt64 = 41, sender: String, subject: String, body: String
  ) throws -> [UInt8] {
    let outbox = folder.path + "/outbox"
    let notice = Notice(
      tenant: acme, position: Position(position), recipient: Actor(.customer, "robin"),
      address: EmailAddress("robin@example.com"), sender: sender, subject: subject, body: body,
      time: Timestamp("2026-01-16T10:00:00.000000Z")!)
    try OutboxNotifier(folder: outbox, sender: EmailAddress("refunds@example.com")!).send(notice)
    return Array(try Data(contentsOf: URL(filePath: "\(outbox)/\(notice.name).eml")))
  }

  @Test func `looks like this`() throws {
    let bytes = try message(
      sender: "Acme Ltd", subject: "Your refund srf_8Q2 has been paid",
      body: "Hello,\n\nwe paid 6.00 €. \n")
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        From: Acme Ltd\r
         <refunds@example.com>\r
        To: <robin@example.com>\r
        Subject: Your refund srf_8Q2 has been paid\r
        Date: 16 Jan 2026 10:00:00 +0000\r
        Message-ID: <acme.41.customer.robin@example.com>\r
        Auto-Submitted: auto-generated\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: quoted-printable\r
        \r
        Hello,\r
        \r
        we paid 6.00 =E2=82=AC.=20\r

        """)
  }

  /// Header fields with their lines joined, and the body, read as a mail program would.
  private func parse(_ bytes: [UInt8]) throws -> (fields: [(String, String)], body: String) {
    #expect(bytes.allSatisfy { $0 < 0x80 })
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.components(separatedBy: "\r\n")
    for line in lines {
      #expect(line.utf8.count <= 76)
      #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F })
    }
    let end = try #require(lines.firstIndex(of: ""))
    var fields: [(String, String)] = []
    for line in lines[..<end] {
      if line.hasPrefix(" ") {
        fields[fields.count - 1].1 += line
      } else {
        let colon = try #require(line.firstIndex(of: ":"))
        fields.append((String(line[..<colon]), String(line[line.index(after: colon)...])))
      }
    }
    return (fields, lines[(end + 1)...].joined(separator: "\r\n"))
  }

  /// The text of encoded words, or of none.
  private func decode(_ value: String) throws -> String {
    let words = value.split(separator: " ")
    guard words.contains(where: { $0.hasPrefix("=?") }) else {
      return value.trimmingCharacters(in: .whitespaces)
    }
    return try words.filter { $0.hasPrefix("=?") }.reduce(into: "") { text, word in
      let base64 = word.dropFirst("=?utf-8?B?".count).dropLast("?=".count)
      let data = try #require(Data(base64Encoded: String(base64)))
      // Each word alone is whole characters.
      text += try #require(String(validating: data, as: UTF8.self))
    }
  }

  private func decodeBody(_ body: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(body.replacingOccurrences(of: "=\r\n", with: "").utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "="), rest.count >= 2 {
        bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)!)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func judge(_ text: String, _ position: UInt64 = 41) throws {
    let (fields, body) = try parse(
      message(position, sender: text, subject: text, body: text + "\n"))
    #expect(fields.map(\.0) == Self.fields, "\(text.debugDescription)")
    let expected = text.unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: " "
      default: String(scalar)
      }
    }.joined()
    let trimmed = expected.trimming(" ")
    #expect(try decode(fields[2].1).utf8.elementsEqual(trimmed.utf8), "\(text.debugDescription)")
    #expect(fields[0].1.hasSuffix(" <refunds@example.com>"))
    let name = try decode(String(fields[0].1.dropLast(" <refunds@example.com>".count)))
    #expect(name.utf8.elementsEqual(trimmed.utf8), "\(text.debugDescription)")
    let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    #expect(
      decodeBody(body).utf8.elementsEqual((lines + "\n").replacing("\n", with: "\r\n").utf8),
      "\(text.debugDescription)")
  }

  @Test(arguments: [
    "x\r\nBcc: all@example.com", "x\nBcc: all@example.com", "x\rBcc: y@example.com",
    "x\r\n\r\nbody of mine", "\r\nX: y", "x\u{2028}Bcc: y", "x\u{85}Bcc: y", "x\0y",
    "=?utf-8?B?Cg==?=",
    "a@b, c@d", "\"quoted\" <x@y>", "Ünïcode", "😀 and 👩‍👩‍👧",
    " spaces around ", "", ".", "From x",
    String(repeating: "a", count: 1_000), String(repeating: "€ ", count: 300), "tab\tin it",
  ])
  func `has its own header fields and no others`(text: String) throws {
    try judge(text)
  }

  @Test(arguments: HostileTexts.all)
  func `bears what attacks terminals and pages`(text: String) throws {
    try judge(text)
  }

  @Test(.enabled(if: OutsideData.isDue("blns.json")))
  func `bears every naughty string`() throws {
    let strings = try HostileTexts.naughtyStrings()
    #expect(strings.count > 500)
    for (position, string) in strings.enumerated() { try judge(string, UInt64(position)) }
  }
}

extension String {
  fileprivate func trimming(_ scalar: Unicode.Scalar) -> String {
    var view = unicodeScalars[...]
    while view.first == scalar { view.removeFirst() }
    while view.last == scalar { view.removeLast() }
    return String(view)
  }
}
