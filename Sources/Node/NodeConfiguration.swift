// What a node needs from outside: the folder, the clock, the disk, the payment gateway, where it
// listens, and where its messages go.

package import EventLog
public import EventSourcing
public import Gateways
public import HTTP

/// The parameters of a ``Node``.
public struct NodeConfiguration: Sendable {
  public var folder: DataFolder
  /// What moves the money back.
  public var gateway: any PaymentGateway
  /// The sender of messages to customers and agents.
  public var sender: EmailAddress
  /// Where the service listens; a node without endpoints has no server.
  public var endpoints: [HTTPEndpoint] = []
  public var clock: @Sendable () -> Timestamp
  /// The number of aggregates that the sequencer keeps in memory.
  public var aggregatesInMemory = 8_192
  /// Whether trees are kept and checkpoints signed.
  public var isPublishingCheckpoints = true
  /// Takes what an operator should read, one sentence each.
  public var report: @Sendable (String) -> Void
  /// Ends the process: nothing in doubt was acknowledged, and nothing more is.
  public var onFatal: @Sendable (String) -> Void
  /// The disk of the log.
  package var fileSystem: any FileSystem = RealFileSystem()

  public init(
    folder: DataFolder, gateway: any PaymentGateway, sender: EmailAddress,
    clock: @escaping @Sendable () -> Timestamp,
    report: @escaping @Sendable (String) -> Void, onFatal: @escaping @Sendable (String) -> Void
  ) {
    self.folder = folder
    self.gateway = gateway
    self.sender = sender
    self.clock = clock
    self.report = report
    self.onFatal = onFatal
  }
}
