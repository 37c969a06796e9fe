@testable import Harness
