public import EventSourcing
public import PersonalData
public import Projecting

/// Stores the personal keys that a failing disk has refused, so that commands which need new keys
/// are decided again.
public struct KeyStoring: ProcessManager {
  public let name = "personal-keys"
  public let readModel: (any ReadModel.Type)? = nil
  public let waitsForClock = false
  public let refusesCommands = true
  private let vault: PersonalVault
  private let onRefusal: @Sendable (String, any Error) -> Void

  /// - Parameter onRefusal: called with this manager's name when the disk begins to refuse keys.
  public init(
    vault: PersonalVault, onRefusal: @escaping @Sendable (String, any Error) -> Void
  ) {
    (self.vault, self.onRefusal) = (vault, onRefusal)
  }

  /// - Throws: `PersonalDataError` while the disk refuses them.
  public func run() throws -> Timestamp? {
    try vault.makeDurable()
    return nil
  }

  public func onWork(_ call: @escaping @Sendable () -> Void) {
    vault.onRefusal { error in
      onRefusal(name, error)
      call()
    }
  }
}
