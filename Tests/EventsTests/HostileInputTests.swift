// Input that means no good: texts that break other programs, and lines with damaged bytes.

import EventSourcing
import Events
import Foundation
import JSON
import OutsideData
import Testing

struct `A naughty string` {
  @Test(.enabled(if: OutsideData.isDue("blns.json"), "needs blns.json beside the checkout"))
  func `passes through a text field unchanged`() throws {
    let strings = try JSONValue(parsing: OutsideData.bytes(of: "blns.json")).elements ?? []
    #expect(strings.count > 500)
    for string in strings.compactMap(\.string) where !string.isEmpty {
      let resolved = CaseResolved.sample(note: string)
      let line = RecordedEvent.sample(.caseResolved(resolved)).line
      guard case .supportCase(.caseResolved(let back)) = try RecordedEvent(line: line).event else {
        continue
      }
      #expect(back.note?.unicodeScalars.elementsEqual(string.unicodeScalars) == true)
      #expect(try RecordedEvent.isCanonical(line: line.span))
    }
  }
}

extension CaseResolved {
  /// The schema's first example with another note.
  fileprivate static func sample(note: String) -> CaseResolved {
    let schema = SchemaFile.events.first { $0.name == "CaseResolved" }
    let json = schema?.examples.first?.json ?? []
    var reader = JSONReader(json.span)
    guard var sample = try? CaseResolved(json: &reader) else { fatalError("a broken example") }
    sample.note = note
    return sample
  }
}

struct `A line with damaged bytes` {
  @Test func `is refused, or means what it says`() throws {
    let given = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...UInt64.max)
    print("damaged lines: SEED=\(seed)")
    var random = SplitMix(state: seed)
    let texts = (SchemaFile.events + SchemaFile.commands).flatMap { schema in
      schema.examples.map { (schema, schema.text($0.json)) }
    }
    var accepted = 0
    for round in 0..<20_000 {
      var (schema, bytes) = texts[round % texts.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) { bytes.damage(using: &random) }
      if try survives(bytes, as: schema.family) { accepted += 1 }
    }
    #expect(accepted > 100 && accepted < 15_000, "seed \(seed), accepted \(accepted)")
  }

  /// - Returns: whether the bytes were accepted.
  private func survives(_ bytes: [UInt8], as family: String) throws -> Bool {
    var written: [UInt8] = []
    if family == "commands" {
      guard let command = try? SubmittedCommand(json: bytes) else { return false }
      command.write(to: &written)
      #expect(try SubmittedCommand(json: written) == command)
    } else {
      _ = try? EventHeader(line: bytes)
      guard let event = try? RecordedEvent(line: bytes) else { return false }
      event.write(to: &written)
      #expect(try RecordedEvent(line: written) == event)
      #expect(try RecordedEvent.isCanonical(line: written.span))
      // What an older version wrote is canonical in that version.
      let version = try EventHeader(line: bytes).version
      if try EventHeader(line: written).version == version {
        #expect(try RecordedEvent.isCanonical(line: bytes.span) == (written == bytes))
      }
    }
    return true
  }
}

extension [UInt8] {
  fileprivate mutating func damage(using random: inout SplitMix) {
    let place = Int.random(in: 0..<count, using: &random)
    let interesting = Array(#"{}[]",:\u0019.-eE/é "#.utf8) + [0x00, 0x1f, 0x7f, 0x80, 0xc0, 0xff]
    switch Int.random(in: 0..<6, using: &random) {
    case 0: self[place] = UInt8.random(in: 0...255, using: &random)
    case 1: self[place] = interesting.randomElement(using: &random) ?? 0
    case 2: remove(at: place)
    case 3: insert(interesting.randomElement(using: &random) ?? 0, at: place)
    case 4: self[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    default:
      let end = Swift.min(count, place + Int.random(in: 1...40, using: &random))
      let part = self[place..<end]
      insert(contentsOf: part, at: Int.random(in: 0...count, using: &random))
    }
    if isEmpty { append(0) }
  }
}

/// A small generator with a seed (Steele, Lea and Flood 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
