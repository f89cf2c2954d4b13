// What tools that only look find in a read model's file.

import EventLog
import Foundation
import Projecting
import Projections
import RunningRedress
import Testing

struct `The file of a read model` {
  @Test(arguments: [true, false])
  func `that is damaged is listed with the damage, and the others as usual`(
    withDigest: Bool
  ) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let folder = redress.folder + "/others"
    let models: [any ReadModel.Type] = [DueWork.self, CaseBoard.self, RefundQueue.self]
    let runtime = try ProjectionRuntime(
      folder: folder, logFolder: redress.logFolder, readModels: [CaseBoard.self], vault: nil)
    let end = runtime.catchUp(to: redress.log.durableEnd)[0].checkpoint
    let noise = Data(repeating: UInt8(ascii: "-"), count: 8_192)
    for (model, content) in [(models[0], noise), (models[2], Data())] {
      try content.write(to: URL(filePath: ProjectionRuntime.path(of: model, in: folder)))
    }
    let files = try ReadModelFile.statuses(of: models, in: folder, withDigest: withDigest)
    #expect(files.map(\.damage) == ["file is not a database", nil, nil])
    #expect(files.map(\.checkpoint) == [nil, end, nil])
    #expect(files.map { $0.digest != nil } == [false, withDigest, false])
    runtime.stop()
    redress.stop()
  }
}
