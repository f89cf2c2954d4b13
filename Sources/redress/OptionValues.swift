// The texts that a service is started with. What must hold, and stands here alone: a flag goes
// before a variable of the environment, that before redress.json, and that before the default; and
// each text is judged wherever it stands, also where another one goes before it.

import EventSourcing
import Foundation
import Node

struct OptionValues: Sendable {
  enum Source: String {
    case flag, variable, file
    case fallback = "default"
  }

  struct Value {
    var text: String
    var source: Source
  }

  private var flags: [String: String] = [:]
  private var variables: [String: String] = [:]

  /// Takes the flags and reads the environment.
  init(
    _ arguments: inout Arguments,
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    for option in ServiceOption.all {
      flags[option.key] = try arguments.option(option.flag)
      variables[option.key] = environment[option.variable]
      try Self.judge(option, flags[option.key], as: option.flag)
      try Self.judge(option, variables[option.key], as: option.variable)
    }
  }

  private static func judge(_ option: ServiceOption, _ text: String?, as name: String) throws {
    guard let text, let fault = option.fault(of: text) else { return }
    throw Stop.usage("\(name) \(text) \(fault)")
  }

  /// - Returns: `nil` where there is none and no default.
  func value(of option: ServiceOption, in settings: Settings) -> Value? {
    if let text = flags[option.key] { return Value(text: text, source: .flag) }
    if let text = variables[option.key] { return Value(text: text, source: .variable) }
    if let text = settings.options[option.key] { return Value(text: text, source: .file) }
    return option.fallback.map { Value(text: $0, source: .fallback) }
  }

  func text(of option: ServiceOption, in settings: Settings) -> String? {
    value(of: option, in: settings)?.text
  }
}
