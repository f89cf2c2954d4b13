// Errors that pass: a full disk, a lock that another process holds, too many open files. The read
// model keeps the rows of its last transaction and tries again; all other errors stop it.

import EventLog
import Glibc
import SQLite

/// Whether trying again later can succeed, without a change of the program or of the history.
func isPassing(_ error: any Error) -> Bool {
  switch error {
  case let error as SQLiteError: error.isBusy || error.isFull || error.isUnopened
  case LogError.io(_, _, let errno): [EMFILE, ENFILE, ENOSPC, ENOMEM, EINTR].contains(errno)
  default: false
  }
}
