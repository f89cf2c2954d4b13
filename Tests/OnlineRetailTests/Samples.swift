// Small files as the shop would write them, and where the real ones are.

import Foundation
import OutsideData

@testable import OnlineRetail

/// A file with these rows under the right header.
func history(_ rows: String..., lineEnd: String = "\n") throws -> SalesHistory {
  try history(text: ([SalesRow.header] + rows).joined(separator: lineEnd) + lineEnd)
}

/// A file with this very text, read in chunks of a few bytes.
func history(text: String, chunkSize: Int = 7) throws -> SalesHistory {
  try SalesHistory { body in
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: chunkSize) {
      try bytes[start..<min(start + chunkSize, bytes.count)].withUnsafeBytes(body)
    }
  }
}

/// A row of a sale or, when its invoice begins with `C`, of a cancellation.
func row(
  _ invoice: String, _ stockCode: String, _ quantity: Int, price: String = "3.39",
  at time: String = "2010-12-01 08:26:00", customer: String = "17850.0", title: String = "LANTERN"
) -> String {
  "\(invoice),\(stockCode),\(title),\(quantity),\(time),\(price),\(customer),United Kingdom"
}

/// The request for money back as one line: `C1 of 1: 2 of line 1, 3 of line 4`.
func summary(_ request: RefundRequest) -> String {
  let items = request.items.map { "\($0.quantity) of line \($0.line)" }
  return "\(request.cancellation) of \(request.order): \(items.joined(separator: ", "))"
}

/// Real files.
enum RealFile {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// In the repository.
  static let month = path("tools/online-retail/data/online-retail-2010-12.csv.zst")

  /// Too large for the repository; part of the outside data (OutsideData).
  static let nineMonthsName = "online-retail-2010-12-to-2011-08.csv.zst"
  static let nineMonths = OutsideData.folder.appending(path: nineMonthsName).path

  private static func path(_ relative: String) -> String {
    root.appendingPathComponent(relative).standardizedFileURL.path
  }
}
