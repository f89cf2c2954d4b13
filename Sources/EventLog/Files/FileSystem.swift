// The file operations that the log needs, so that tests can replace them by failing ones. Every
// call either does all of its work or throws; a short write throws.

/// The folder operations that the log needs.
package protocol FileSystem: Sendable {
  func createFolder(_ path: String) throws(LogError)
  /// The names of the folder's entries, in no particular order.
  func names(in folder: String) throws(LogError) -> [String]
  func open(_ path: String, for access: FileAccess) throws(LogError) -> any File
  /// Makes the folder's entries durable.
  func sync(folder: String) throws(LogError)
  /// The file that a path names now; `nil` where there is none.
  func identity(of path: String) throws(LogError) -> FileIdentity?
  /// Removes a file; one that is missing is no error.
  func remove(_ path: String) throws(LogError)
  /// Gives a file another name in one step, in place of the file that has it.
  func rename(_ path: String, to newPath: String) throws(LogError)
  /// Gives a file a second name, which nothing must have yet; throws where there is no such thing.
  func link(_ path: String, as newPath: String) throws(LogError)
}

/// What a file is opened for.
package enum FileAccess: Sendable {
  case reading
  /// An existing file, for reading and writing.
  case writing
  /// A file that must not exist yet, for reading and writing.
  case creating
}

/// One open file; it closes when the last reference goes.
package protocol File: AnyObject, Sendable {
  var path: String { get }
  /// The length in bytes.
  func size() throws(LogError) -> Int
  /// Fills the buffer from `offset`; fewer bytes only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(LogError) -> Int
  /// Writes all bytes in one call.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(LogError)
  /// Makes the file's bytes and its length durable.
  func sync() throws(LogError)
  func truncate(to size: Int) throws(LogError)
  /// Removes all write permissions; who may read it stays.
  func makeReadOnly() throws(LogError)
  /// The file's identity under any name.
  func identity() throws(LogError) -> FileIdentity
}

/// A file's device and number.
package struct FileIdentity: Hashable, Sendable {
  package var device: UInt64
  package var number: UInt64

  package init(device: UInt64, number: UInt64) {
    self.device = device
    self.number = number
  }
}
