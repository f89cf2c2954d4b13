// The folders of evidence by age.

/// Where evidence lies by its age (rule book, Evidence), in the order in which it gets there.
public enum EvidenceTier: String, CaseIterable, Sendable {
  case frequent, infrequent, archive

  /// The age from which evidence belongs here.
  var seconds: Int {
    switch self {
    case .frequent: 0
    case .infrequent: 30 * 86_400
    case .archive: 180 * 86_400
    }
  }

  /// The tier's own folder, below that of the store.
  func path(in folder: String) -> String {
    self == .frequent ? folder : "\(folder)/\(rawValue)"
  }
}
