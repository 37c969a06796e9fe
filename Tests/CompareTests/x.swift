@testable import compare
