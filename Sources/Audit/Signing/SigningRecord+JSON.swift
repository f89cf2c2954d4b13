// How the signing of a history went, for programs.

import EventSourcing
public import JSON

extension SigningRecord {
  public var json: JSONValue {
    .object([
      .init("daysKept", .integer(Int64(keptCount))),
      .init("since", since.map { .string("\($0)") } ?? .null),
      .init("notYetSigned", .integer(Int64(unsignedCount))),
      .init("gaps", .array(gaps.map(\.json))),
    ])
  }
}

extension SigningRecord.Gap {
  fileprivate var json: JSONValue {
    .object([
      .init("day", .string("\(day)")),
      .init("from", .integer(Int64(positions.lowerBound.value))),
      .init("to", .integer(Int64(positions.upperBound.value))),
      .init("signedOn", signedOn.map { .string("\($0)") } ?? .null),
    ])
  }
}
