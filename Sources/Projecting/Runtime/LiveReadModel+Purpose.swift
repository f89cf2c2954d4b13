// What a read model's file is opened for, and how SQLite writes it then.

extension LiveReadModel {
  /// What the file is opened for.
  enum Purpose {
    /// Serves readers while it follows the log.
    case serving
    /// Is built from nothing and thrown away if that fails, so it has no journal, and the indexes
    /// that only queries need are made at the end.
    case building

    /// What SQLite is set to.
    var settings: String {
      switch self {
      case .serving:
        // Derived data: after a power cut SQLite goes back to a consistent state, and that is
        // enough. Its syncs would hold up those of the log, so they are few. The cache holds what a
        // step of 2,000 commits changes; a smaller one writes pages in the middle of it and reads
        // them again.
        """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA wal_autocheckpoint = 8000;
        PRAGMA cache_size = -8192;
        """
      case .building:
        """
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        PRAGMA cache_size = -16384;
        """
      }
    }
  }
}
