// The entry that anchors what a rebuild made: with it, rows that were shown can be compared with
// what the same history gives at any later time.

package import CommandHandling
import Events
package import Projecting

extension SystemEntry {
  /// What a rebuild made of the history.
  package init(_ report: RebuildReport) {
    self.init { id in
      .recordVerifiedProjection(
        RecordVerifiedProjection(
          recordID: id, name: report.name, version: report.version, upTo: report.commitCount,
          digest: ContentDigest(unchecked: report.digest)))
    }
  }
}
