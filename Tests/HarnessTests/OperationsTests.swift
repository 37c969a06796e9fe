import Foundation
import Layers
import TestSupport
import Testing

@testable import Harness

@Suite struct OperationsTests {
  private func training(_ model: ModelRecipe, _ change: (inout RunConfiguration) -> Void = { _ in }) throws -> Training
  {
    var run = RunConfiguration.made(model, "none")
    change(&run)
    return try Training(run, on: digits.get())
  }

  @Test(
    "The linear maps of a model are all of its weights", arguments: ModelRecipe.all.map(\.name), [1, 3])
  func weights(model: String, depth: Int) throws {
    let recipe = try #require(ModelRecipe.all.first { $0.name == model })
    let training = try training(recipe) { $0[.depth] = depth }
    let data = try digits.get()
    // Without a normalizer, every channel has a bias.
    let run = training.configuration
    let layers = model == "cnn" ? (0..<depth).map { run[.width] << $0 } : Array(repeating: run[.width], count: depth)
    let biases = layers.reduce(data.classes, +)
    let weights = training.linearMaps.reduce(0) { $0 + $1.weights }
    #expect(weights == training.makeModel(on: .serial).parameterCount - biases)
  }

  @Test("A weight is used at every position, or at every time step")
  func uses() throws {
    let (height, width) = (try digits.get().height, try digits.get().width)
    let cnn = try training(.cnn) { $0[.depth] = 2 }.linearMaps
    #expect(cnn.map(\.uses) == [height * width, (height / 2) * (width / 2), 1])
    #expect(try training(.rnn).linearMaps.map(\.uses) == [height, 1])
    #expect(try training(.rnn) { $0[.sequence] = .pixels }.linearMaps.map(\.uses) == [height * width, 1])
    #expect(try training(.mlp).linearMaps.allSatisfy { $0.uses == 1 })
  }

  @Test("A step counts three for each use and one for an update, a test one for each use")
  func counted() throws {
    let data = try digits.get()
    func operations(_ change: (inout RunConfiguration) -> Void) throws -> Double {
      try TrainingGroup([
        training(.mlp) { run in
          (run[.depth], run[.width], run[.epochs], run[.batchSize], run[.trainLimit]) = (1, 7, 3, 32, 100)
          change(&run)
        }
      ]).operations
    }
    let uses = Double((data.height * data.width + data.classes) * 7)
    let (steps, tested) = (4.0, Double(data.test.count))
    let whole = 3 * (3 * uses * 100 + steps * uses) + 3 * tested * uses
    #expect(try operations { _ in } == whole)
    #expect(try operations { $0[.lastBatch] = .drop } == 3 * (3 * uses * 96 + 3 * uses) + 3 * tested * uses)
    // Twelve steps, evaluated after 5, 10 and 12.
    #expect(try operations { $0[.evaluateEvery] = 5 } == whole)
    #expect(try operations { $0[.evaluateEvery] = 4 } == whole)
    #expect(try operations { $0[.evaluateEvery] = 3 } == whole + tested * uses)
    #expect(try operations { $0[.testLimit] = 50 } == whole - 3 * (tested - 50) * uses)
    #expect(try operations { $0[.testImages] = .train } == whole - 3 * (tested - 100) * uses)
    // Images held out are tested and not trained on: 80 are three steps.
    #expect(
      try operations { $0[.validation] = 0.2 } == 3 * (3 * uses * 80 + 3 * uses) + 3 * (tested + 20) * uses)
  }

  @Test("Runs of one training count it once")
  func group() throws {
    let runs = try ["moving", "population"].map { word in
      var run = RunConfiguration.made(.mlp, "batch")
      run[Setting.inferenceStatistics.erased] = word
      return try Training(run, on: digits.get())
    }
    let alone = runs.map { TrainingGroup([$0]).operations }
    let together = TrainingGroup(runs).operations
    #expect(together < alone.reduce(0, +) && together > (alone.max() ?? 0) && alone[1] > alone[0])
    #expect(TrainingGroup(runs.reversed()).operations == together)
  }

  @Test("A stranger's model counts each parameter once for a sample")
  func stranger() throws {
    let model = ModelRecipe.scripted()
    let training = try Training(.scripted(model), on: .numbered(), in: Catalogue(models: [model]))
    #expect(training.linearMaps == [LinearMap(weights: 1)])
    #expect(TrainingGroup([training]).operations == 2 * (3 * 40 + 4) + 2 * 100)
  }
}
