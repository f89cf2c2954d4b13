// The words of a command line: `--name VALUE` or `--name=VALUE`, flags, and the rest in order. What
// must hold: a word that nothing asked for is an error that names what was probably meant.

import EventSourcing
import Foundation
import Node

struct Arguments {
  private var words: [String]
  /// The options that were asked for.
  private var names: [String] = []

  init(_ words: [String]) { self.words = words }

  /// The value of an option that may be given once.
  mutating func option(_ name: String) throws -> String? {
    let values = try options(name)
    guard values.count <= 1 else { throw Stop.usage("\(name) is given \(values.count) times") }
    return values.first
  }

  mutating func required(_ name: String) throws -> String {
    guard let value = try option(name) else {
      let typo = words.first { $0.hasPrefix("--") && [name].nearest(to: Self.name(of: $0)) != nil }
      throw Stop.usage(
        typo.map { "\($0) is not understood; did you mean \(name)?" }
          ?? "\(name) is missing")
    }
    guard !value.isEmpty else { throw Stop.usage("\(name) is empty; give it a value") }
    return value
  }

  /// The values of an option that may be given several times.
  mutating func options(_ name: String) throws -> [String] {
    names.append(name)
    var values: [String] = []
    var rest: [String] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      if word == name {
        guard index + 1 < words.count, !words[index + 1].hasPrefix("--") else {
          throw Stop.usage("\(name) needs a value")
        }
        values.append(words[index + 1])
        index += 1
      } else if word.hasPrefix(name + "=") {
        values.append(String(word.dropFirst(name.count + 1)))
      } else {
        rest.append(word)
      }
      index += 1
    }
    words = rest
    return values
  }

  /// Whether a word that takes no value is there.
  mutating func flag(_ name: String) throws -> Bool {
    names.append(name)
    let count = words.count { $0 == name }
    guard count <= 1 else { throw Stop.usage("\(name) is given \(count) times") }
    words.removeAll { $0 == name }
    return count == 1
  }

  /// A whole number from 0.
  mutating func number(_ name: String) throws -> Int? {
    guard let text = try option(name) else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw Stop.usage("\(name) \(text) is not a whole number from 0")
    }
    return number
  }

  /// A loopback address, `HOST:PORT`.
  mutating func loopbackAddress(_ name: String) throws -> LoopbackAddress? {
    guard let text = try option(name) else { return nil }
    do throws(LoopbackAddress.Fault) { return try LoopbackAddress(text) } catch {
      throw Stop.usage("\(name) \(text) \(error)")
    }
  }

  /// The path of the data folder: `--data`, or REDRESS_DATA where that is not given.
  mutating func dataFolder() throws -> String {
    let variable = ProcessInfo.processInfo.environment["REDRESS_DATA"] ?? ""
    return try option("--data") ?? (variable.isEmpty ? required("--data") : variable)
  }

  /// One of a few words.
  mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ name: String
  ) throws -> Choice? {
    guard let text = try option(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw Stop.usage("\(name) \(text) is none of \(all)")
    }
    return choice
  }

  /// The next word that is no option.
  mutating func word() -> String? {
    guard let index = words.firstIndex(where: { !$0.hasPrefix("--") }) else { return nil }
    return words.remove(at: index)
  }

  /// All words that are left, once every option was read.
  ///
  /// - Throws: a usage error if an option is left, whose value would be taken for a word.
  mutating func rest() throws -> [String] {
    if let option = words.first(where: { $0.hasPrefix("--") }) {
      throw notUnderstood(option)
    }
    defer { words.removeAll() }
    return words
  }

  /// - Throws: a usage error if anything was not understood.
  func finish() throws {
    if let word = words.first { throw notUnderstood(word) }
  }

  private func notUnderstood(_ word: String) -> Stop {
    let hint: TerminalText =
      names.nearest(to: Self.name(of: word)).map { "; did you mean \($0)?" } ?? ""
    return .usage("\(word) is not understood\(hint)")
  }

  /// Of `--name=VALUE`.
  private static func name(of word: String) -> String { String(word.prefix { $0 != "=" }) }
}
