// Tiles that are damaged are thrown away and made anew of the lines: they are derived. What must
// hold: only a tree that was computed of the lines tells that a history contradicts a checkpoint.

import EventSourcing
import Foundation
import Synchronization
import Transparency

extension CheckpointPublisher {
  /// Removes a tenant's tiles where they may be the cause of an error, so that the next tree is
  /// made of the lines.
  ///
  /// - Returns: whether it did, and signing is worth another attempt.
  func forgetTiles(
    of tenant: TenantID, after error: any Error, in trees: inout [TenantID: SignedTree]
  ) throws -> Bool {
    switch error {
    case let error as TransparencyError where error.isOfTiles: break
    case let refusal as CheckpointRefusal where refusal.mayBeOfTiles:
      // A history that was rewritten in truth is read again once, not at each attempt.
      guard madeAnew.withLock({ $0.insert(tenant).inserted }) else { return false }
    default: return false
    }
    trees[tenant] = nil
    let tiles = "\(folder)/tiles/\(tenant)"
    if FileManager.default.fileExists(atPath: tiles) {
      try FileManager.default.removeItem(atPath: tiles)
    }
    return true
  }
}

extension TransparencyError {
  fileprivate var isOfTiles: Bool {
    switch self {
    case .missingTile, .malformedTile, .otherTiles: true
    case .io, .wrongLeafCount, .noSuchLeaf, .noSuchTree: false
    }
  }
}

extension CheckpointRefusal {
  fileprivate var mayBeOfTiles: Bool {
    switch self {
    case .rewritten, .wrongTiles: true
    case .rollback, .fork, .unbelievable, .file: false
    }
  }
}
