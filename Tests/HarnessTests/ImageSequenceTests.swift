import Layers
import Norms
import Tensors
import Testing

@testable import Harness

@Suite struct ImageSequenceTests {
  /// Two images of 4×6 pixels.
  private let images = Tensor<Float>((0..<48).map { Float($0) }, shape: [2, 4, 6])

  @Test(
    "Steps are those asked for, or one for each row or pixel",
    arguments: [
      (ImageSequence.rows, 0, [2, 4, 6]), (.pixels, 0, [2, 24, 1]), (.permutedPixels, 0, [2, 24, 1]),
      (.rows, 8, [2, 8, 3]), (.pixels, 4, [2, 4, 6]), (.permutedPixels, 3, [2, 3, 8]),
    ])
  func shapes(kind: ImageSequence, steps: Int, shape: [Int]) {
    let sequences = kind.sequences(of: images, steps: steps)
    #expect(sequences.shape == shape)
    #expect(kind.inputs(steps: steps, height: 4, width: 6) == shape[2])
    let order = kind == .permutedPixels ? ImageSequence.permutation(of: 24) : Array(0..<24)
    #expect(sequences.scalars == (0..<2).flatMap { image in order.map { Float(24 * image + $0) } })
  }

  @Test("The permutation is of all pixels, and none that a seed would change")
  func permutation() {
    let order = ImageSequence.permutation(of: 64)
    #expect(order.sorted() == Array(0..<64) && order != Array(0..<64))
    // Runs were recorded with it.
    #expect(order.prefix(4) == [30, 55, 40, 0])
  }

  @Test("A run with steps that do not divide the pixels is refused, and told what divides them")
  func flaw() {
    let run = RunConfiguration.made(.rnn).with(.timeSteps, 3)
    let error = #expect(throws: HarnessError.self) { try Training(run, on: .numbered()) }
    #expect(error == .usage("--time-steps 3 does not divide the 4 pixels of numbered; 1, 2, 4 do."))
  }

  @Test(
    "A recurrent network trains on any of them, with a W_x of the values of a step",
    arguments: ImageSequence.allCases, [0, 1, 4])
  func training(kind: ImageSequence, steps: Int) throws {
    var run = RunConfiguration.made(.rnn).with(.sequence, kind).with(.timeSteps, steps)
    (run[.width], run[.epochs]) = (4, 1)
    let result = try Training(run, on: .numbered()).run(on: .serial)
    let inputs = [1: 4, 4: 1][steps] ?? (kind == .rows ? 2 : 1)
    // W_x, W_h, scale and shift, and the classifier of two classes.
    #expect(result.record[.parameters] == Double(4 * inputs + 16 + 8 + 10))
  }

  @Test("They concern the models that name them, and rename no run that is as it was")
  func whoseTheyAre() throws {
    let asked = RunConfiguration.made(.cnn).with(.sequence, .pixels).with(.timeSteps, 2)
    let run = try Training(asked, on: .numbered()).configuration
    #expect(run[.sequence] == .rows && run[.timeSteps] == 0)
    #expect(run == RunConfiguration.made(.cnn).canonical(in: Catalogue()))
    #expect(!RunConfiguration.made(.rnn).oneLine.contains("sequence"))
    #expect(RunConfiguration.made(.rnn).with(.sequence, .pixels).oneLine.hasSuffix("sequence pixels"))
  }

  @Test("A stranger's model has them by naming them, and is given images and data with its run")
  func strangers() throws {
    func recipe(_ settings: [AnySetting]) -> ModelRecipe {
      ModelRecipe(
        name: "scripted", placements: [.before], placement: { _ in .before }, settings: settings,
        setDefaults: { ($0[.learningRate], $0[.batchSize], $0[.epochs]) = (0.1, 10, 1) },
        channels: { [$0[.width]] }, input: { images, run in images.scaled(by: run[.timeSteps] == 2 ? 1 : 0) },
        flaw: { run, data in run[.timeSteps] == 4 ? "\(data.name) is not for 4 steps." : nil },
        make: { _, _, _, _ in ScriptedModel(script: .init()) })
    }
    func training(_ recipe: ModelRecipe, steps: Int) throws -> Training {
      let run = RunConfiguration.scripted(recipe).with(.timeSteps, steps)
      return try Training(run, on: .numbered(), in: Catalogue(models: [recipe]))
    }
    #expect(try training(recipe([]), steps: 2).configuration[.timeSteps] == 0)
    let named = recipe([Setting.timeSteps.erased])
    #expect(try training(named, steps: 2).configuration[.timeSteps] == 2)
    #expect(throws: HarnessError.usage("numbered is not for 4 steps.")) { try training(named, steps: 4) }
  }

  @Test("A grid asks for a run whose model does not have a setting, whatever its value there")
  func grid() {
    var grid = Grid()
    grid[.sequence] = [.pixels]
    #expect(grid.asks(for: .made(.cnn)) && !grid.asks(for: .made(.rnn)))
    #expect(grid.asks(for: RunConfiguration.made(.rnn).with(.sequence, .pixels)))
  }
}
