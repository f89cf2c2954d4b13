/// Something that must never happen, did.
package struct Violation: Error, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
  if !condition { throw Violation(reason()) }
}
