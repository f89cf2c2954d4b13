// What a grant can name of the interface. The permissions of commands stand beside the commands, in
// EventSchemas/permissions.json; a grant names both kinds by their raw values.

/// The right to use some routes.
public enum RoutePermission: String, Sendable, Hashable, CaseIterable {
  case readContract = "contract.read"
  case submitCommands = "commands.submit"
  case readTenants = "tenants.read"
  case readCases = "cases.read"
  case readRefunds = "refunds.read"
  case readReturns = "returns.read"
  case readOrders = "orders.read"
  case readHolds = "holds.read"
  case readPolicies = "policies.read"
  case runBacktests = "backtest.run"
  case readIntegration = "integration.read"
  case readSyncJobs = "syncJobs.read"
  case writeSyncJobs = "syncJobs.write"
  case readWebhooks = "webhooks.read"
  case readDrafts = "drafts.read"
  case writeDrafts = "drafts.write"
  case readEvidence = "evidence.read"
  case writeEvidence = "evidence.write"
  case readEvents = "events.read"
  case readProofs = "proofs.read"
  case readErasures = "erasures.read"
  case readAudit = "audit.read"
  case openSessions = "sessions.open"
  case readOperations = "operations.read"
  case readMetrics = "metrics.read"
  case rebuildProjections = "projections.rebuild"
  case acceptClock = "clock.accept"
  case keepSystemRecords = "system.record"

  /// Whether a principal needs no grant for it, because it says nothing of a tenant.
  public var isOfEveryPrincipal: Bool { self == .readContract }

  /// Whether it is about all tenants at once, so that only a grant for all tenants has it.
  public var isOfWholeService: Bool {
    switch self {
    case .readOperations, .readMetrics, .rebuildProjections, .acceptClock, .keepSystemRecords: true
    case .readContract, .submitCommands, .readTenants, .readCases, .readRefunds, .readReturns,
      .readOrders, .readHolds, .readPolicies, .runBacktests, .readIntegration, .readSyncJobs,
      .writeSyncJobs, .readWebhooks, .readDrafts, .writeDrafts, .readEvidence, .writeEvidence,
      .readEvents, .readProofs, .readErasures, .readAudit, .openSessions:
      false
    }
  }

  /// What it lets its holder do.
  public var summary: String {
    switch self {
    case .readContract: "Read the contract and the pages of problems; every principal may."
    case .submitCommands: "Submit commands; each command needs its own permission, too."
    case .readTenants: "See which tenants there are."
    case .readCases: "Read cases, their messages and targets, and customers' timelines."
    case .readRefunds: "Read refunds, and how they came about."
    case .readReturns: "Read returns, and what policies decided on them."
    case .readOrders: "Read orders and their balances."
    case .readHolds: "Read payout holds."
    case .readPolicies: "Read policies."
    case .runBacktests: "Try another policy on the past."
    case .readIntegration: "Read how the connection with the shop stands."
    case .readSyncJobs: "Read sync jobs."
    case .writeSyncJobs: "Begin, report and end sync jobs."
    case .readWebhooks: "Read the webhooks that arrived."
    case .readDrafts: "Read drafts of returns."
    case .writeDrafts: "Save and delete drafts of returns."
    case .readEvidence: "Open evidence, which is recorded."
    case .writeEvidence: "Keep evidence."
    case .readEvents: "Read the history: the events as lines, and single events."
    case .readProofs: "Get checkpoints, keys, proofs and receipts."
    case .readErasures: "Get the certificates of erasures."
    case .readAudit: "Read the results of audits, and who was handed what."
    case .openSessions: "Sign in to the pages with the same grant."
    case .readOperations: "Read what operators did; for a grant of all tenants."
    case .readMetrics: "Read the counters; for a grant of all tenants."
    case .rebuildProjections: "Rebuild read models; for a grant of all tenants."
    case .acceptClock: "Accept the system's clock after it has jumped; for a grant of all tenants."
    case .keepSystemRecords: "Record what the service's own tools do; for a grant of all tenants."
    }
  }
}
