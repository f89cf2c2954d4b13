// Names that Redress generates when the caller leaves them out: a prefix for the kind of thing, and
// a UUIDv7 (RFC 9562), so that names sort by the time of their creation.

import Cryptography
import EventSourcing
import Events

enum Names {
  static func make<ID: Identifier>(_ prefix: String, at time: Timestamp) -> ID {
    ID(unchecked: prefix + uuid7(at: time))
  }

  /// 36 characters: 48 bits of Unix milliseconds, then 74 random bits (RFC 9562, section 5.7).
  static func uuid7(at time: Timestamp) -> String {
    let milliseconds = UInt64(max(0, time.microseconds / 1000))
    var bytes = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64($0))) }
    bytes += randomBytes(10)
    bytes[6] = bytes[6] & 0x0F | 0x70
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Command {
  /// The same command, with a generated name for each thing that it creates without a name.
  func withNames(at time: Timestamp) -> Command {
    switch self {
    case .supportCase(.openCase(var command)):
      command.caseID = command.caseID ?? Names.make("sca_", at: time)
      command.severity = command.severity ?? .normal
      return .openCase(command)
    case .supportCase(.postMessage(var command)):
      command.messageID = command.messageID ?? Names.make("smg_", at: time)
      command.attachments = command.attachments?.map { attachment in
        var attachment = attachment
        attachment.evidenceKey = attachment.evidenceKey ?? Names.make("sev_", at: time)
        return attachment
      }
      return .postMessage(command)
    case .supportCase(.attachEvidence(var command)):
      command.evidenceKey = command.evidenceKey ?? Names.make("sev_", at: time)
      return .attachEvidence(command)
    case .supportCase(.recordDepositCaptured(var command)):
      command.depositID = command.depositID ?? Names.make("sev_", at: time)
      return .recordDepositCaptured(command)
    case .supportCase(.openChargeback(var command)):
      command.chargebackID = command.chargebackID ?? Names.make("sev_", at: time)
      return .openChargeback(command)
    case .hold(.applyPayoutHold(var command)):
      command.holdID = command.holdID ?? Names.make("sph_", at: time)
      return .applyPayoutHold(command)
    case .return(.requestReturn(var command)):
      command.returnID = command.returnID ?? Names.make("ret_", at: time)
      return .requestReturn(command)
    case .refund(.requestRefund(var command)):
      command.refundID = command.refundID ?? Names.make("srf_", at: time)
      command.items = command.items.withNames(at: time)
      return .requestRefund(command)
    case .refund(.amendRefund(var command)):
      command.items = command.items.withNames(at: time)
      return .amendRefund(command)
    default: return self
    }
  }
}

extension [RequestedItem] {
  fileprivate func withNames(at time: Timestamp) -> [RequestedItem] {
    map { item in
      var item = item
      item.refundItemID = item.refundItemID ?? Names.make("sri_", at: time)
      return item
    }
  }
}
