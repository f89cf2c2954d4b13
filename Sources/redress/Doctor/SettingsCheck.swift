// Whether redress.json, and the file of keys that it names, can be used.

import Foundation
import Node

enum SettingsCheck: DoctorCheck {
  static let name = "settings"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    do throws(SettingsError) {
      let settings = try Settings(of: folder)
      _ = try (settings.tokens(), settings.fileGroups())
    } catch {
      return .wrong(
        "\(error)", do: "correct it; a running service keeps its settings until SIGHUP")
    }
    return FileManager.default.fileExists(atPath: folder.settings)
      ? .ok("\(folder.settings) can be used")
      : .ok("there is no redress.json: only the service's own user and root may come in")
  }
}
