// What is personal never reaches the disk in clear, and everybody who needs it still gets it.

import EventLog
import EventSourcing
import Events
import Foundation
import PersonalData
import RunningRedress
import Testing

@testable import CommandHandling

struct `Personal data` {
  private func register(
    _ redress: RunningRedress, id: String = "reg", email: String = "robin@example.com"
  ) async throws -> Answer {
    try await redress.submit(
      id, "RegisterCustomer",
      #"{"customerId":"robin","email":"\#(email)","firstName":"Robinetta"}"#)
  }

  @Test func `stands in no file of the log in clear`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    #expect(try await register(redress).isAccepted)
    _ = try await redress.submit(
      "case", "OpenCase",
      #"""
      {"caseId":"k2","customerId":"robin","title":"T","type":"product",\#
      "description":"My Lantern at Sandgate 7"}
      """#
    )
    redress.start()
    #expect(await redress.settle())
    redress.stop()
    let lines = try redress.history().filter { $0.event.type.hasPrefix("Customer") }
    guard case .customer(.customerRegistered(let event)) = try #require(lines.first).event else {
      Issue.record("no CustomerRegistered")
      return
    }
    #expect(event.email?.hasPrefix("enc:v1:robin:") == true)
    var opened = lines[0]
    try redress.vault.open(&opened)
    guard case .customer(.customerRegistered(let plain)) = opened.event else { return }
    #expect(plain.email == "robin@example.com" && plain.firstName == "Robinetta")
    for text in ["robin@example.com", "Robinetta", "Sandgate 7"] {
      #expect(try filesHolding(text, below: redress.logFolder).isEmpty, "\(text)")
    }
  }

  @Test func `is compared when a command id comes again, though the log cannot tell it`()
    async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    #expect(try await register(redress).isAccepted)
    let again = try await register(redress)
    #expect(again.isAccepted && again.isReplay)
    #expect(try await register(redress, email: "day@example.com").isConflict)
    redress.stop()
    let restarted = try RunningRedress(folder: redress.folder)
    let later = try await register(restarted)
    #expect(later.isAccepted && later.isReplay)
    #expect(try await register(restarted, email: "day@example.com").isConflict)
    restarted.stop()
  }

  @Test func `that nobody's key could be found for is not compared`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    func command(_ id: String, _ words: String = "Mine") throws -> SubmittedCommand {
      try SubmittedCommand(
        json: Array(
          #"""
          {"id":"\#(id)","tenant":"acme","type":"RequestReturn","data":{"returnId":"t1",\#
          "caseId":"k2","orderId":"o1","lines":[{"lineId":"1","quantity":1,\#
          "reason":{"code":"other","description":"\#(words)"}}]}}
          """#
          .utf8))
    }
    func submit(_ id: String, hash: CommandHash? = nil) async throws -> Answer {
      let command = try command(id)
      return await redress.sequencer.submit(
        Submission(command: command, contentHash: hash ?? command.contentHash, peerUID: 1000))
    }
    #expect(
      try command("new").contentHash == command("new", "Yours").contentHash,
      "nobody can confirm a guess")
    #expect(try await submit("new").rejection == "unknownCase")
    // As before words were personal.
    #expect(
      try await submit("old", hash: command("old").contentHashWithWords).rejection == "unknownCase")
    #expect(
      try await redress.submit(
        "case", "OpenCase",
        #"{"caseId":"k2","customerId":"robin","orderId":"o1","title":"T","type":"product"}"#
      ).isAccepted)
    for id in ["new", "old"] {
      let again = try await submit(id)
      #expect(again.isReplay && again.rejection == "unknownCase", "\(id)")
    }
    redress.stop()
  }

  @Test func `that a customer has already changes nothing, also after a restart`() async throws {
    let redress = try RunningRedress(aggregatesInMemory: 2)
    defer { redress.removeFolder() }
    try await redress.prepare()
    #expect(try await register(redress).isAccepted)
    func change(_ id: String, _ email: String, in redress: RunningRedress) async throws -> Answer {
      try await redress.submit(
        id, "ChangeCustomerDetails", #"{"customerId":"robin","email":"\#(email)"}"#)
    }
    #expect(try await change("ch1", "robin@example.com", in: redress).types == [])
    #expect(
      try await change("ch2", "day@example.com", in: redress).types == ["CustomerDetailsChanged"])
    redress.stop()
    let restarted = try RunningRedress(folder: redress.folder)
    #expect(try await change("ch3", "day@example.com", in: restarted).types == [])
    #expect(
      try await change("ch4", "robin@example.com", in: restarted).types
        == ["CustomerDetailsChanged"])
    #expect(try await register(restarted, id: "reg2").types == [])
    restarted.stop()
  }
}

/// The files below a folder that hold these bytes somewhere.
func filesHolding(_ text: String, below folder: String) throws -> [String] {
  let needle = Data(text.utf8)
  let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
  return names.filter { name in
    let path = folder + "/" + name
    if name.hasSuffix(".zst") { return unpacked(path).range(of: needle) != nil }
    return (try? Data(contentsOf: URL(filePath: path)))?.range(of: needle) != nil
  }
}

private func unpacked(_ path: String) -> Data {
  let zstd = Process()
  zstd.executableURL = URL(filePath: "/usr/bin/env")
  zstd.arguments = ["zstd", "-dcq", path]
  let pipe = Pipe()
  zstd.standardOutput = pipe
  guard (try? zstd.run()) != nil else { return Data() }
  return pipe.fileHandleForReading.readDataToEndOfFile()
}
