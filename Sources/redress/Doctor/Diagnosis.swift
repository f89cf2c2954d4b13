// What one check of redress doctor found. What must hold: a finding that is not ok says what to do.

import Node

/// How a thing stands, what it is now, and what to do.
struct Diagnosis {
  enum State: String {
    case ok
    /// The service runs, and an operator should look.
    case warn
    /// The service does not start, or does not do all of its work.
    case wrong
  }

  var state: State
  var found: String
  /// `nil` where nothing has to be done.
  var remedy: String?

  static func ok(_ found: String) -> Diagnosis { Diagnosis(state: .ok, found: found) }

  static func warn(_ found: String, do remedy: String) -> Diagnosis {
    Diagnosis(state: .warn, found: found, remedy: remedy)
  }

  static func wrong(_ found: String, do remedy: String) -> Diagnosis {
    Diagnosis(state: .wrong, found: found, remedy: remedy)
  }
}

/// One thing that redress doctor looks at, changing nothing.
protocol DoctorCheck: Sendable {
  static var name: String { get }

  /// - Throws: what keeps it from looking, which is a finding too.
  static func look(at folder: DataFolder) throws -> Diagnosis
}
