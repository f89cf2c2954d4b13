// tools/simulate calls this: many seeds side by side, then what came of them.

import Foundation
import Simulation

exit(Simulator(CommandLine.arguments.dropFirst()).run())
