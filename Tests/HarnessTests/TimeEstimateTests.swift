import Testing

@testable import Harness

@Suite struct TimeEstimateTests {
  @Test("An estimate grows with what there is to train, and names the dearest run")
  func estimate() throws {
    let base = RunConfiguration(model: .mlp, norm: choice("layer"))
    let runs = try [1, 4, 2].map { try Training(base.with(.epochs, $0).with(.trainLimit, 200), on: digits.get()) }
    let one = try #require(try TimeEstimate([runs[0]], jobs: 1, threads: 1))
    let all = try #require(try TimeEstimate(runs, jobs: 1, threads: 1))
    #expect(one.total > 0 && one.total == one.dearest.seconds && one.dearest.run.identifier == runs[0].identifier)
    #expect(all.dearest.run.identifier == runs[1].identifier)
    // Seven epochs, of which the dearest run has four, whatever the machine is doing.
    #expect(abs(all.total / all.dearest.seconds - 7.0 / 4) < 1e-9)
    let beside = try #require(try TimeEstimate(runs, jobs: 8, threads: 8))
    #expect(beside.total == beside.dearest.seconds)
    #expect(try TimeEstimate([], jobs: 1, threads: 1) == nil)
  }
}
