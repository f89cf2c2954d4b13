// The store of tiles: a port, and the adapter that stores them as files. Tiles are derived from the
// lines; losing them costs time, never history.

/// Stores whole tiles.
public protocol TileStore: Sendable {
  /// The bytes of a tile of exactly this width.
  ///
  /// - Returns: `nil` when it is not stored.
  func bytes(of tile: Tile) throws(TransparencyError) -> [UInt8]?

  /// Stores a tile durably; a reader sees all of it or nothing.
  func keep(_ bytes: [UInt8], as tile: Tile) throws(TransparencyError)

  /// Deletes a tile; one that is not stored is no error.
  func remove(_ tile: Tile) throws(TransparencyError)

  /// Deletes the partial tiles that this full one replaces.
  func removePartialTiles(of tile: Tile) throws(TransparencyError)
}

/// Tiles as files below one folder, which can be served as it is.
public struct TileFolder: TileStore {
  /// The tree's own folder.
  public let path: String

  /// - Parameter path: the tree's own folder; it is made when the first tile is kept.
  public init(path: String) { self.path = path }

  public func bytes(of tile: Tile) throws(TransparencyError) -> [UInt8]? {
    try DurableFile.read("\(path)/\(tile.path)")
  }

  public func keep(_ bytes: [UInt8], as tile: Tile) throws(TransparencyError) {
    let file = "\(path)/\(tile.path)"
    try DurableFile.createFolders(DurableFile.folder(of: file))
    try DurableFile.replace(file, with: bytes, mode: 0o640)
  }

  public func remove(_ tile: Tile) throws(TransparencyError) {
    try DurableFile.remove("\(path)/\(tile.path)")
  }

  public func removePartialTiles(of tile: Tile) throws(TransparencyError) {
    try DurableFile.removeFolderOfFiles("\(path)/\(tile.partialFolder)")
  }
}
