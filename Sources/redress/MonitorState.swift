// The folder in which a monitor keeps what it has seen: TENANT.json for each tenant, replaced as a
// whole, and TENANT.alarm with the evidence of an alarm, which is never overwritten.

import Audit
import EventSourcing
import Foundation
import Transparency

struct MonitorState: Sendable {
  let folder: String

  /// Makes this process the only one that writes here, until it ends: of two, the slower would put
  /// what it has seen in place of what the other has seen since.
  func lock() throws {
    do { try DurableFile.createFolders(folder) } catch {
      throw Stop.unable("the state could not be stored: \(error)")
    }
    let path = folder + "/lock"
    // Never closed: the lock lives as long as the process.
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw Stop.unable("cannot open \(path): \(String(cString: strerror(errno)))")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      throw Stop.unable("another monitor or witness keeps its state in \(folder)")
    }
  }

  /// `nil` before the first round.
  func record(of tenant: TenantID) throws -> MonitorRecord? {
    let file = path(of: tenant, "json")
    let bytes: [UInt8]?
    do { bytes = try DurableFile.read(file) } catch {
      throw Stop.unable("the state could not be read: \(error)")
    }
    do { return try bytes.map { try MonitorRecord(json: $0) } } catch {
      throw Stop.unable(
        "\(file) is not what a monitor stored; put back a copy of it, or remove it, and the next "
          + "round begins anew")
    }
  }

  func store(_ record: MonitorRecord, of tenant: TenantID) throws {
    do {
      try DurableFile.createFolders(folder)
      try DurableFile.replace(path(of: tenant, "json"), with: record.json, mode: 0o600)
    } catch { throw Stop.unable("the state could not be stored: \(error)") }
  }

  /// Stores an alarm with its notes.
  ///
  /// - Returns: the file's path.
  func keep(_ alarm: MonitorAlarm, notes: [UInt8]) throws -> String {
    let text = Array("\(alarm)\n\n".utf8) + notes
    do {
      try DurableFile.createFolders(folder)
      var number = 1
      while try DurableFile.read(path(of: alarm.tenant, "alarm-\(number)")) != nil { number += 1 }
      let file = path(of: alarm.tenant, "alarm-\(number)")
      try DurableFile.replace(file, with: text, mode: 0o600)
      return file
    } catch { throw Stop.unable("the evidence of \(alarm) could not be stored: \(error)") }
  }

  private func path(of tenant: TenantID, _ suffix: String) -> String {
    "\(folder)/\(tenant).\(suffix)"
  }
}
