// Every example of every schema is read and written, whole and damaged. What is right or wrong is
// derived from the schema here, independently of the generated code.

import Events
import JSON
import Testing

struct `An example of a schema` {
  static let schemas = SchemaFile.events + SchemaFile.commands

  @Test func `exists for every schema`() {
    #expect(SchemaFile.events.count >= 30 && SchemaFile.commands.count >= 25)
    for schema in Self.schemas { #expect(!schema.examples.isEmpty, "\(schema.testDescription)") }
  }

  @Test(arguments: schemas)
  func `is written as it was read, in canonical form`(schema: SchemaFile) throws {
    for example in schema.examples {
      let expected = String(decoding: schema.text(example.json), as: UTF8.self)
      let written = try schema.roundTrip(example)
      if schema.isLatest {
        #expect(String(decoding: written, as: UTF8.self) == expected)
      } else {
        // What was written by an older version is brought to the latest, and stays so.
        #expect(try RecordedEvent(line: written) == RecordedEvent(line: schema.text(example.json)))
      }
      if schema.family == "events" {
        #expect(try RecordedEvent.isCanonical(line: schema.text(example.json).span))
      }
    }
  }

  @Test(arguments: schemas)
  func `reads the same with its fields in reverse`(schema: SchemaFile) throws {
    for example in schema.examples {
      let expected = try schema.roundTrip(example)
      #expect(try schema.roundTrip(example.reversed) == expected)
      if schema.family == "events", example.members?.count ?? 0 > 1 {
        #expect(try !RecordedEvent.isCanonical(line: schema.text(example.reversed.json).span))
      }
    }
  }

  @Test(arguments: schemas)
  func `is refused with the path of whatever breaks its schema`(schema: SchemaFile) {
    for example in schema.examples {
      for damage in Damage.all(of: example, schema: schema.schema, at: [.key("data")]) {
        let data = example.replacing(damage.place.dropFirst(), by: damage.value)
        let error = schema.refusal(of: data)
        #expect(error?.path == damage.path.text, "\(damage.what)")
        #expect(error?.problem.contains(damage.hint) == true, "\(damage.what): \(error as Any)")
      }
    }
  }

  @Test(arguments: schemas)
  func `is accepted at the limits of its schema`(schema: SchemaFile) {
    for example in schema.examples {
      for variant in Damage.limits(of: example, schema: schema.schema, at: []) {
        let data = example.replacing(variant.place[...], by: variant.value)
        #expect(schema.refusal(of: data) == nil, "\(variant.what)")
      }
    }
  }

  @Test(arguments: schemas)
  func `is refused where a field occurs twice`(schema: SchemaFile) {
    for example in schema.examples {
      guard case .object(let members) = example else { continue }
      for member in members {
        let error = schema.refusal(of: .object(members + [member]))
        #expect(error?.path == "$.data.\(member.key)")
        #expect(error?.problem.contains("twice") == true)
      }
    }
  }
}

extension JSONValue {
  fileprivate var reversed: JSONValue {
    switch self {
    case .object(let members):
      .object(members.reversed().map { Member($0.key, $0.value.reversed) })
    case .array(let elements): .array(elements.map(\.reversed))
    default: self
    }
  }
}
