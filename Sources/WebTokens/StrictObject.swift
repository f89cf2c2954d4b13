// JSON objects as signed texts need them: no name occurs twice at any depth, because two readers
// could take different ones of two values (RFC 7515, section 4; RFC 7519, section 4). Names are
// compared byte by byte: Swift's texts are equal where Unicode calls them equivalent.

import JSON

/// A JSON object in which no name is repeated.
struct StrictObject: Sendable {
  let members: [JSONValue.Member]

  enum Flaw: Error, Hashable, Sendable {
    case notJSON(offset: Int)
    case notAnObject
    case repeated(String)
  }

  init(parsing bytes: [UInt8]) throws(Flaw) {
    do {
      try self.init(JSONValue(parsing: bytes))
    } catch let error as JSONError {
      throw .notJSON(offset: error.offset)
    } catch let flaw as Flaw {
      throw flaw
    } catch {
      preconditionFailure("an error of another type: \(error)")
    }
  }

  init(_ value: JSONValue) throws(Flaw) {
    guard let members = value.members else { throw .notAnObject }
    if let name = value.repeatedName { throw .repeated(name) }
    self.members = members
  }

  subscript(name: String) -> JSONValue? {
    members.first { $0.key.hasSameBytes(as: name) }?.value
  }
}

extension JSONValue {
  /// A name that occurs twice in one object, here or below.
  fileprivate var repeatedName: String? {
    switch self {
    case .null, .bool, .integer, .number, .string: return nil
    case .array(let elements): return elements.firstResult { $0.repeatedName }
    case .object(let members):
      var seen: Set<[UInt8]> = []
      return members.firstResult { member in
        seen.insert(Array(member.key.utf8)).inserted ? member.value.repeatedName : member.key
      }
    }
  }
}

extension Sequence {
  fileprivate func firstResult<Result>(_ transform: (Element) -> Result?) -> Result? {
    for element in self {
      if let result = transform(element) { return result }
    }
    return nil
  }
}

extension String {
  /// Whether both are the same code points, not only equivalent ones.
  func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// A text in quotation marks on one line, shortened to sixty characters.
func quoted(_ text: String) -> String {
  var bytes: [UInt8] = []
  bytes.appendJSON(text.count > 60 ? text.prefix(60) + "…" : text)
  return String(decoding: bytes, as: UTF8.self)
}
