import TestSupport
import Testing

@testable import Harness

@Suite struct MemoryFitTests {
  private static func runs(_ batchSizes: [Int]) throws -> [Training] {
    let base = RunConfiguration(model: .cnn, norm: choice("batch"))
    return try batchSizes.map { try Training(base.with(.batchSize, $0), on: digits.get()) }
  }

  @Test("As many runs go side by side as fit, one at least")
  func fit() throws {
    let runs = try Self.runs([8, 512])
    let short = try #require(MemoryFit(runs, jobs: 2, available: 1))
    #expect(short.jobs == 1 && short.isShort && short.need > 4 << 20)
    // A tenth and 32 MiB are left to others.
    func memory(of count: Double) -> Int { Int((Double(short.need) * count + Double(32 << 20)) / 0.9) }
    let one = try #require(MemoryFit(runs, jobs: 2, available: memory(of: 1.5)))
    #expect(one.jobs == 1 && !one.isShort && one.need == short.need)
    #expect(MemoryFit(runs, jobs: 2, available: memory(of: 2.1)) == nil)
    #expect(MemoryFit(runs, jobs: 3, available: memory(of: 2.1)) == nil, "There are but two.")
    #expect(MemoryFit([], jobs: 2, available: 1 << 30) == nil)
  }

  @Test("The largest run is what counts")
  func largest() throws {
    let (small, all) = (
      try MemoryFit(Self.runs([8]), jobs: 1, available: 1), try MemoryFit(Self.runs([8, 512]), jobs: 1, available: 1)
    )
    #expect(try #require(small).need < #require(all).need)
  }

  @Test("It is the one with most memory, whichever has most to compute and whichever comes last")
  func deepest() throws {
    let base = RunConfiguration(model: .mlp, norm: choice("layer")).with(.width, 512)
    let runs = try [(6, 1), (1, 90)].map { depth, epochs in
      try Training(base.with(.depth, depth).with(.epochs, epochs), on: digits.get())
    }
    let (deep, both) = (MemoryFit([runs[0]], jobs: 1, available: 1), MemoryFit(runs, jobs: 1, available: 1))
    #expect(try #require(deep).need == #require(both).need)
  }

  @Test("Whoever compares has no more side by side than fit, and is told")
  func comparison() throws {
    let folder = try TemporaryFolder()
    let base = RunConfiguration(model: .mlp, norm: choice("layer")).with(.epochs, 1).with(.trainLimit, 40)
    let runs = try [0, 1].map { try Training(base.with(.seed, $0), on: digits.get()) }
    var comparison = Comparison(runs, in: try ResultsDirectory(path: folder.path))
    comparison.memory = { 1 << 20 }
    var told: [String] = []
    try comparison.run(jobs: 2) { event in
      if case .planned(let groups, let jobs, let fit) = event {
        told.append("\(groups.count) \(jobs) \(fit?.text ?? "")")
      }
      return true
    }
    let need = try #require(MemoryFit(runs, jobs: 2, available: 1 << 20)).need >> 20
    #expect(
      told == ["2 1 1 of 2 runs side by side: one takes up to \(need) MiB, and 0 MiB are free: it may be killed."])
  }

  @Test("Where there is plenty, nothing is measured")
  func plenty() throws {
    #expect(try MemoryFit(Self.runs([8]), jobs: 2, available: 9 << 30) == nil)
    #expect(try MemoryFit(Self.runs([8]), jobs: 2, available: nil) == nil)
  }
}
