// Whether the service may open enough files: each connection needs one, and the service itself some
// for its log, its read models and their journals.

import Foundation
import HTTP
import Node

enum DescriptorsCheck: DoctorCheck {
  static let name = "descriptors"

  /// All connections of a server and what the service itself keeps open.
  private static let needed =
    UInt64(HTTPServerConfiguration(endpoints: []).connectionCountMax) + 256

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let (limit, owner) = try limit(of: folder.holder())
    let found = "\(owner) may open \(limit) files"
    guard limit < needed else { return .ok(found) }
    return .warn(
      "\(found), and all connections need \(needed)",
      do: "raise ulimit -Hn, or LimitNOFILE= of the unit")
  }

  private static func limit(of holder: DataFolder.Holder?) throws -> (UInt64, String) {
    if let holder, let limit = try limit(ofProcess: holder.pid) {
      return (limit, "process \(holder.pid)")
    }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return (UInt64(limit.rlim_max), "a service started from here")
  }

  /// - Returns: `nil` where this user may not see it.
  private static func limit(ofProcess pid: String) throws -> UInt64? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") })
    else { return nil }
    let words = line.split(separator: " ")
    return words.count > 3 ? UInt64(words[3]) : nil
  }
}
