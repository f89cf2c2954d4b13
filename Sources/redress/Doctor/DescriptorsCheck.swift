// Whether the service may open enough files: each connection needs one, and the service itself some
// for its log, its read models and their journals.

import Foundation
import Node

enum DescriptorsCheck: DoctorCheck {
  static let name = "descriptors"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let (limit, owner) = try limit(of: folder.holder())
    let found = "\(owner) may open \(limit) files"
    let remedy = "raise ulimit -Hn, or LimitNOFILE= of the unit"
    do throws(TooFewDescriptors) {
      let shares = try DescriptorShares(limit: limit)
      guard shares != .all else { return .ok(found) }
      return .warn(
        "\(found), which is enough for \(shares.connectionCountMax) connections; all need "
          + "\(DescriptorShares.wanted)", do: remedy)
    } catch {
      return .wrong("\(found), and the service needs \(DescriptorShares.needed)", do: remedy)
    }
  }

  private static func limit(of holder: DataFolder.Holder?) throws -> (Int, String) {
    if let holder, let limit = try limit(ofProcess: holder.pid) {
      return (limit, "process \(holder.pid)")
    }
    return (FileLimit.hard, "a service started from here")
  }

  /// - Returns: `nil` where this user may not see it.
  private static func limit(ofProcess pid: String) throws -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") })
    else { return nil }
    let words = line.split(separator: " ")
    return words.count > 3 ? Int(words[3]) : nil
  }
}
