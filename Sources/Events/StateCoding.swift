// What a snapshot of an aggregate needs of the generated types. A snapshot is derived and never
// leaves the process that wrote it for another build's eyes, so these forms may change at any time;
// events have their own codec.

public import JSON

extension AgentRole: Codable {}
extension Severity: Codable {}
extension CaseStatus: Codable {}
extension CaseType: Codable {}
extension FailureCode: Codable {}
extension SlaTargetKind: Codable {}

/// Written as its canonical JSON.
public protocol CodedAsJSON: JSONCodable, Codable {}

extension CodedAsJSON {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    let bytes = Array(text.utf8)
    var reader = JSONReader(bytes.span)
    try self.init(json: &reader)
    try reader.finishExactly()
  }

  public func encode(to encoder: any Encoder) throws {
    var bytes: [UInt8] = []
    writeJSON(to: &bytes)
    var container = encoder.singleValueContainer()
    try container.encode(String(decoding: bytes, as: UTF8.self))
  }
}

extension ReturnMethod: Codable {}
extension PolicyAction: CodedAsJSON {}
extension ReturnAmount: CodedAsJSON {}
extension PolicyReference: CodedAsJSON {}
extension TenantSettings: CodedAsJSON {}
extension SlaCalendarDefined: CodedAsJSON {}
extension SlaTarget: CodedAsJSON {}
extension SlaTargetsSet: CodedAsJSON {}
extension ReturnSettings: CodedAsJSON {}
extension Policy: CodedAsJSON {}
extension WebhookEndpoint: CodedAsJSON {}
extension PaymentPart: CodedAsJSON {}
extension ReservedLine: CodedAsJSON {}
