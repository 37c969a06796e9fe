import Testing

@testable import Harness

@Suite struct GridProgressTests {
  private static func groups(_ epochs: [Int]) throws -> [TrainingGroup] {
    let base = RunConfiguration(model: .mlp, norm: choice("layer")).with(.trainLimit, 200)
    return TrainingGroup.groups(of: try epochs.map { try Training(base.with(.epochs, $0), on: digits.get()) })
  }

  private static func progress(_ fraction: Double, before: Double = 0) -> Training.Progress {
    Training.Progress(
      epoch: 1, fraction: fraction, fractionBefore: before, trainLoss: 1, testAccuracy: 0.5, samplesPerSecond: 1,
      secondsLeft: 1)
  }

  @Test("What is left takes as long, for its operations, as what is done")
  func timeLeft() throws {
    let groups = try Self.groups([1, 2, 5])
    let start = ContinuousClock.now
    var grid = GridProgress(groups, jobs: 1)
    #expect(grid.secondsLeft == nil && grid.fraction == 0 && grid.count == 3)
    grid.begin(groups[0], at: start)
    #expect(grid.secondsLeft == nil)
    grid.advance(groups[0], to: Self.progress(0.5), at: start + .seconds(2))
    // An epoch takes four seconds; half of one and seven are left.
    #expect(abs((grid.secondsLeft ?? 0) - 30) < 1e-9 && abs(grid.fraction - 0.5 / 8) < 1e-12)
    grid.advance(groups[0], to: Self.progress(1), at: start + .seconds(4))
    grid.end(groups[0])
    grid.begin(groups[1], at: start + .seconds(100))
    #expect(grid.ended == 1 && abs((grid.secondsLeft ?? 0) - 28) < 1e-9 && abs(grid.fraction - 1.0 / 8) < 1e-12)
    grid.end(groups[1])
    grid.begin(groups[2], at: start + .seconds(200))
    grid.end(groups[2])
    #expect(grid.secondsLeft == 0 && grid.fraction == 1)
  }

  @Test("What another program has recorded is done, in no time")
  func recordedElsewhere() throws {
    let groups = try Self.groups([1, 2, 5])
    let start = ContinuousClock.now
    var grid = GridProgress(groups, jobs: 1)
    grid.begin(groups[0], at: start)
    grid.advance(groups[0], to: Self.progress(1), at: start + .seconds(4))
    grid.end(groups[0])
    grid.end(groups[1])
    #expect(grid.ended == 2 && abs((grid.secondsLeft ?? 0) - 20) < 1e-9 && abs(grid.fraction - 3.0 / 8) < 1e-12)
  }

  @Test("What was done before a checkpoint took none of the time")
  func resumed() throws {
    let groups = try Self.groups([1])
    let start = ContinuousClock.now
    var grid = GridProgress(groups, jobs: 1)
    grid.begin(groups[0], at: start)
    grid.advance(groups[0], to: Self.progress(0.75, before: 0.5), at: start + .seconds(1))
    #expect(abs((grid.secondsLeft ?? 0) - 1) < 1e-9 && grid.fraction == 0.75)
  }

  @Test("Side by side, it takes the longest run or what all share")
  func sideBySide() throws {
    let groups = try Self.groups([1, 5])
    let start = ContinuousClock.now
    var grid = GridProgress(groups, jobs: 2)
    grid.begin(groups[0], at: start)
    grid.begin(groups[1], at: start)
    grid.advance(groups[0], to: Self.progress(0.5), at: start + .seconds(1))
    #expect(abs((grid.secondsLeft ?? 0) - 10) < 1e-9)
  }
}
