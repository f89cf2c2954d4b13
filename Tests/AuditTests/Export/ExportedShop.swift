// Two tenants whose commits alternate in one log, and the exports of the first: a refund that was
// paid, one that was denied, a refused command, a customer with a key, and one who was erased.

import Audit
import Cryptography
import EventLog
import EventSourcing
import Foundation
import JSON
import RunningRedress
import Testing
import Transparency

final class ExportedShop {
  static let acme = TenantID(unchecked: "acme")
  /// A name that no text of the program has.
  static let rival = TenantID(unchecked: "rival_7f3a")

  let redress: RunningRedress
  let publisher: CheckpointPublisher
  private let keys: CheckpointKeys
  private var number = 0

  init() async throws {
    redress = try RunningRedress(now: Timestamp("2026-01-16T12:00:00Z"))
    keys = try KeyFolder(path: redress.folder + "/keys").open()
    publisher = CheckpointPublisher(
      log: redress.log, folder: redress.logFolder, logName: "test", keys: keys, clock: noon())
    redress.start()
    try await rival(
      "RegisterTenant", #"{"name":"rival_7f3a","currency":"EUR","timeZone":"Europe/Paris"}"#)
    try await redress.prepare()
    try await rival("RegisterCustomer", #"{"customerId":"rival_7f3a-1","email":"a@example.com"}"#)
    try await redress.requestAndApprove("r1")
    try await acme("AddAgent", #"{"agentId":"lee","role":"admin"}"#)
    for customer in ["robin", "gone"] {
      try await acme(
        "RegisterCustomer",
        #"{"customerId":"\#(customer)","email":"\#(customer)-sealed@example.com"}"#)
      try await rival("RegisterCustomer", #"{"customerId":"rival_7f3a-\#(customer)"}"#)
    }
    try await acme("EraseSubject", #"{"subjectId":"gone","reason":"Asked for"}"#, by: "agent/lee")
    #expect(try await redress.finishPaying())
  }

  deinit {
    redress.stop()
    redress.removeFolder()
  }

  func acme(_ type: String, _ data: String, by actor: String? = nil) async throws {
    number += 1
    let answer = try await redress.submit("x\(number)", type, data, actor: actor)
    #expect(answer.isAccepted, "\(type)")
  }

  private func rival(_ type: String, _ data: String) async throws {
    number += 1
    let answer = try await redress.submit("x\(number)", type, data, tenant: "rival_7f3a")
    #expect(answer.isAccepted, "\(type)")
  }

  /// Exports acme into a folder of this name.
  @discardableResult
  func export(
    to name: String, _ configure: (inout TenantExport.Configuration) -> Void = { _ in }
  ) throws -> ExportSummary {
    var configuration = TenantExport.Configuration(
      logFolder: redress.logFolder, tenant: Self.acme, target: path(name), build: "test",
      logName: "test", keys: keys)
    configure(&configuration)
    return try TenantExport(configuration).run(formats: { report in
      [("audit.txt", "\(report.findings.count) findings in \(report.eventCount) events")]
    })
  }

  func path(_ name: String) -> String { "\(redress.folder)/exports/\(name)" }

  func file(_ name: String, of export: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(path(export))/\(name)")))
  }

  func text(_ name: String, of export: String) throws -> String {
    String(decoding: try file(name, of: export), as: UTF8.self)
  }

  /// The fields of a table that needs no quotes, without its head.
  func rows(_ name: String, of export: String) throws -> [[Substring]] {
    try text(name, of: export).split(separator: "\r\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  func manifest(of export: String) throws -> JSONValue {
    try JSONValue(parsing: file("manifest.json", of: export).dropLast())
  }

  /// The paths of all files of an export.
  func files(of export: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path(export)).sorted().filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(path(export))/\($0)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }
  }

  /// Makes the folder in which exports are.
  func makeExportsFolder() throws {
    try FileManager.default.createDirectory(
      atPath: redress.folder + "/exports", withIntermediateDirectories: true)
  }
}
