// Three numbers that all count from zero and must never be mixed.

/// An event's place in its tenant's history, from 0, without gaps.
public struct Position: Hashable, Comparable, Sendable {
  public var value: UInt64

  public init(_ value: UInt64) { self.value = value }

  public static let first = Position(0)

  public static func < (a: Position, b: Position) -> Bool { a.value < b.value }

  public func advanced(by count: Int) -> Position { Position(value + UInt64(count)) }
}

/// An event's place in its stream, from 0, without gaps.
public struct Revision: Hashable, Comparable, Sendable {
  public var value: UInt64

  public init(_ value: UInt64) { self.value = value }

  public static let first = Revision(0)

  public static func < (a: Revision, b: Revision) -> Bool { a.value < b.value }

  public func advanced(by count: Int) -> Revision { Revision(value + UInt64(count)) }
}

/// A commit's place in the log across all tenants, from 0, without gaps.
public struct Ordinal: Hashable, Comparable, Sendable {
  public var value: UInt64

  public init(_ value: UInt64) { self.value = value }

  public static let first = Ordinal(0)

  public static func < (a: Ordinal, b: Ordinal) -> Bool { a.value < b.value }

  public func advanced(by count: Int) -> Ordinal { Ordinal(value + UInt64(count)) }
}

extension Position: CustomStringConvertible {
  public var description: String { String(value) }
}

extension Revision: CustomStringConvertible {
  public var description: String { String(value) }
}

extension Ordinal: CustomStringConvertible {
  public var description: String { String(value) }
}

/// A number that is coded as it is.
public protocol CodedAsNumber: Codable {
  var value: UInt64 { get }

  init(_ value: UInt64)
}

extension CodedAsNumber {
  public init(from decoder: any Decoder) throws {
    self.init(UInt64(try decoder.singleValueContainer().decode(Int.self)))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Int(value))
  }
}

extension Position: CodedAsNumber {}
extension Revision: CodedAsNumber {}
