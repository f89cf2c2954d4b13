// `agent/usr_17` in JSON.

public import EventSourcing
public import JSON

extension Actor {
  public init(json reader: inout JSONReader) throws(JSONError) {
    self = try reader.readText(
      "an actor such as \"agent/usr_17\", of kind customer, agent, service or system"
    ) { Actor(utf8: $0) }
  }

  public func writeJSON(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: kind.rawValue.utf8)
    bytes.append(UInt8(ascii: "/"))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  init?(utf8 text: Span<UInt8>) {
    var index = 0
    let kind: Kind
    if text.skip(&index, "agent/") {
      kind = .agent
    } else if text.skip(&index, "customer/") {
      kind = .customer
    } else if text.skip(&index, "service/") {
      kind = .service
    } else if text.skip(&index, "system/") {
      kind = .system
    } else {
      return nil
    }
    let name = text.extracting(index...)
    guard name.isIdentifier else { return nil }
    self.init(kind, checked: String(repairing: name))
  }
}
