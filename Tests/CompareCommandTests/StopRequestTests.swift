import Foundation
import Testing

@testable import CompareCommand

@Suite struct StopRequestTests {
  @Test("The first signal stops, the second ends at once, and one that is sent twice at once counts once")
  func answers() {
    var request = StopRequest()
    let start = ContinuousClock.now
    #expect(request.signal == nil)
    #expect(request.receive(SIGTERM, at: start) == .stop)
    #expect(request.receive(SIGTERM, at: start + .milliseconds(99)) == .nothing)
    #expect(request.receive(SIGINT, at: start + .milliseconds(100)) == .endAtOnce)
    #expect(request.receive(SIGINT, at: start + .seconds(9)) == .endAtOnce)
    #expect(request.signal == SIGTERM)
  }
}
