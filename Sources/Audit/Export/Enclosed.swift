// The files that every export has and that say nothing of its history: they are compiled into the
// program, so that an export needs no checkout.

import EventSourcing
import Events

enum Enclosed {
  /// `tools/verify-log`, which shares no code with Redress.
  static var verifier: [UInt8] { PackageResources.verify_log }

  /// The format of the log, which the verifier follows.
  static var format: [UInt8] { PackageResources.FORMAT_md }

  /// How to check an export by hand.
  static func readme(tenant: TenantID) -> String {
    String(decoding: PackageResources.README_md, as: UTF8.self)
      .replacing("{{tenant}}", with: tenant.rawValue)
  }
}

/// A schema's text and where an export has it: schemas refer to each other by these paths.
struct PublishedSchemaFile {
  var path: String
  var text: String

  /// - Returns: `nil` for a schema that this program does not have.
  init?(id: String) {
    guard let text = PublishedSchemas.text(of: id) else { return nil }
    self.text = text
    // urn:redress:event:RefundApproved:2
    let words = id.split(separator: ":")
    path =
      id == PublishedSchemas.typesID
      ? "schemas/types.json" : "schemas/events/\(words.suffix(2).joined(separator: ".")).json"
  }
}
