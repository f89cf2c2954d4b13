// Robin, a customer with personal data, and the admin who erases it.

import CommandHandling
import EventSourcing
import Foundation
import PersonalData
import RunningRedress

enum Robin {
  static let person = Person("robin", of: TenantID(unchecked: "acme"))
  static let admin = "agent/lee"

  /// A running node that knows Robin, with a case that Robin described.
  static func registered() async throws -> RunningRedress {
    let redress = try RunningRedress()
    redress.start(isPaying: false)
    try await redress.prepare()
    _ = try await redress.submit("a1", "AddAgent", #"{"agentId":"lee","role":"admin"}"#)
    _ = try await redress.submit(
      "reg", "RegisterCustomer",
      #"{"customerId":"robin","email":"robin@example.com","firstName":"Robinetta"}"#)
    _ = try await redress.submit(
      "k2", "OpenCase",
      #"""
      {"caseId":"k2","customerId":"robin","title":"T","type":"product",\#
      "description":"Sandgate 7"}
      """#
    )
    return redress
  }

  static func erase(from redress: RunningRedress, id: String = "e1") async throws -> Answer {
    try await redress.submit(
      id, "EraseSubject", #"{"subjectId":"robin","reason":"Asked for"}"#, actor: admin)
  }
}

/// The files below a folder that hold these bytes somewhere.
func filesHolding(_ bytes: [UInt8], below folder: String) throws -> [String] {
  try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
    (try? Data(contentsOf: URL(filePath: folder + "/" + name)))?.range(of: Data(bytes)) != nil
  }
}
