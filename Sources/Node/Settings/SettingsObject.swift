// Reads one object of a settings file. What must hold: a key that is not asked for is refused, with
// the key that was probably meant, so that a mistyped setting is never silently without effect.

import JSON

/// An object whose members are taken one by one.
struct SettingsObject {
  let file: String
  let path: String
  private var members: [String: JSONValue] = [:]
  private var known: [String] = []

  /// - Throws: ``SettingsError`` where the value is no object, or has a key twice.
  init(_ value: JSONValue, file: String, path: String) throws(SettingsError) {
    (self.file, self.path) = (file, path)
    guard let found = value.members else { throw error(path, "is not an object, such as {}") }
    for member in found where members.updateValue(member.value, forKey: member.key) != nil {
      throw error("\(path).\(member.key)", "is there twice; keep one of them")
    }
  }

  func error(_ path: String, _ problem: String) -> SettingsError {
    SettingsError(file: file, path: path, problem: problem)
  }

  func error(at key: String, _ problem: String) -> SettingsError {
    error("\(path).\(key)", problem)
  }

  /// The folder of the file, where relative paths in it begin, wherever the service was started.
  var folder: String { file.lastIndex(of: "/").map { String(file[...$0]) } ?? "" }

  func has(_ key: String) -> Bool { members[key] != nil }

  /// The value of a key; `nil` where it is not there.
  mutating func take(_ key: String) -> JSONValue? {
    known.append(key)
    return members.removeValue(forKey: key)
  }

  /// - Parameter what: what it is, with an example.
  mutating func string(_ key: String, _ what: String) throws(SettingsError) -> String {
    guard let value = take(key) else { throw error(at: key, "is missing; it is \(what)") }
    guard let text = value.string, !text.isEmpty else {
      throw error(at: key, "\(value.text) is not \(what)")
    }
    return text
  }

  /// The texts of a list; empty where the key is not there.
  mutating func strings(_ key: String, _ what: String) throws(SettingsError) -> [String] {
    guard let value = take(key) else { return [] }
    guard let elements = value.elements else {
      throw error(at: key, "\(value.text) is not a list of \(what)")
    }
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      guard let text = element.string else {
        throw error("\(path).\(key)[\(index)]", "\(element.text) is not one of \(what)")
      }
      texts.append(text)
    }
    return texts
  }

  /// - Throws: ``SettingsError`` for a key that nothing took.
  func finish() throws(SettingsError) {
    guard let other = members.keys.min() else { return }
    let nearest = known.nearest(to: other)
    throw error(
      at: other,
      "is not a key here; "
        + (nearest.map { "did you mean \($0)? The keys are " } ?? "the keys are ")
        + known.joined(separator: ", "))
  }
}

extension JSONValue {
  /// As it stands in the file, cut off where it is long.
  var text: String { String(String(decoding: json, as: UTF8.self).prefix(60)) }
}
