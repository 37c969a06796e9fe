import Foundation
import Layers
import Norms
import Tensors
import TestSupport
import Testing

@testable import Harness

/// A model of a few weights, whose logits are its first weight and 0 whatever it is given, and which shows what a
/// test says.
private struct Shown: Classifier {
  var weights: Parameter<Float>
  var bias = Parameter(Tensor<Float>([7], shape: [1]))
  /// Of a layer whose name begins like that of the first.
  var others = Parameter(Tensor<Float>([1], shape: [1, 1]))
  var layer = "layer0"
  var preActivation: Tensor<Float>?
  var layout = TensorLayout.channelsLast
  var (output, gradient): (Tensor<Float>?, Tensor<Float>?)

  init(_ first: Float, _ second: Float = 0) {
    weights = Parameter(Tensor([first, second], shape: [1, 2]))
  }

  mutating func forward(
    _ input: Tensor<Float>, mode: Mode, watch: Watch<Float>?
  ) throws(ModelError) -> (logits: Tensor<Float>, cache: Int) {
    if let preActivation { watch?.within(layer).see(preActivation, .preActivation, layout: layout) }
    if let output { watch?.within(layer).see(output, .output, layout: layout) }
    let row = [weights.value[0, 0], 0]
    return (Tensor((0..<input.shape[0]).flatMap { _ in row }, shape: [input.shape[0], 2]), input.shape[0])
  }

  mutating func backward(_ upstream: Tensor<Float>, cache: Int, watch: Watch<Float>?) {
    if let gradient { watch?.within(layer).see(gradient, .outputGradient, layout: layout) }
    weights.gradient[0, 0] += (0..<cache).reduce(0) { $0 + upstream[$1, 0] }
  }

  mutating func visitState(_ visitor: StateVisitor<Float>) {
    visitor.visit("layer0.weights", &weights)
    visitor.visit("layer0.bias", &bias)
    visitor.visit("layer01.weights", &others)
  }
}

extension Moment {
  /// After so many steps of a run at a rate of 0.1, with images of one pixel, all of class 0.
  fileprivate init(_ model: some Classifier<Float>, step: Int = 0, images: Int = 40) {
    let run = RunConfiguration.made().with(.learningRate, 0.1).with(.batchSize, 4)
    self.init(
      step: step, run: run, learningRate: 0.1, images: .zeros([images, 1]), labels: Array(repeating: 0, count: images),
      model: model)
  }
}

@Suite struct LayerRecordingTests {
  private func number(_ row: Recording.Values, _ column: String) -> Double? {
    guard case .number(let number)? = row[column] else { return nil }
    return number
  }

  @Test("What is recorded of a layer is what it is called")
  func statistics() throws {
    var model = Shown(2)
    model.preActivation = Tensor([0, 10, 1, 20, 2, 30, 3, 40], shape: [4, 2])
    model.output = Tensor(repeating: -2, shape: [4, 2])
    model.gradient = Tensor(repeating: 3, shape: [4, 2])
    let measure = Recording.layers.begin()
    let first = try measure(Moment(model))
    #expect(first.count == 1 && first[0]["layer"] == .text("layer0"))
    #expect(first[0]["time_step"] == nil && first[0]["drift"] == nil)
    let expected = [
      "mean": 13.25, "deviation": 201.1875.squareRoot(), "p15": 1.05, "p50": 6.5, "p85": 29.5, "linear_share": 0.125,
      "output_size": 2, "gradient_norm": 72.0.squareRoot(), "weight_norm": 2, "effective_rate": 0.025,
    ]
    for (column, value) in expected {
      let found = try #require(number(first[0], column))
      #expect(abs(found - value) < 1e-9, "\(column): \(found)")
    }
    // The first unit moves by one half, the second not at all.
    model.preActivation = Tensor([0.5, 10, 1.5, 20, 2.5, 30, 3.5, 40], shape: [4, 2])
    let second = try measure(Moment(model, step: 20))
    let deviation = try #require(number(second[0], "deviation"))
    let drift = try #require(number(second[0], "drift"))
    #expect(abs(drift - 0.25 / deviation * 5) < 1e-9)
  }

  @Test("Time steps have rows of their own, from 1")
  func timeSteps() throws {
    var model = Shown(2)
    model.layout = .timeMajor
    model.preActivation = Tensor([1, 1, 2, 4, 9, 9].map { Float($0) }, shape: [3, 2, 1])
    model.gradient = Tensor([3, 4, 0, 5, 1, 0].map { Float($0) }, shape: [3, 2, 1])
    let rows = try Recording.layers.begin()(Moment(model))
    #expect(rows.map { number($0, "time_step") } == [1, 2, 3] && rows.map { number($0, "mean") } == [1, 3, 9])
    #expect(rows.map { number($0, "gradient_norm") } == [5, 5, 1])
  }

  @Test("A channel is a unit wherever its axis stands", arguments: [TensorLayout.channelsFirst, .channelsLast])
  func channels(layout: TensorLayout) throws {
    let values = Tensor<Float>([1, 2, 3, 10, 20, 30], shape: [1, 2, 3])
    func rows(_ change: Float, _ step: Int, _ measure: Recording.Measure) throws -> [Recording.Values] {
      var model = Shown(2)
      let moved = Tensor(values.scalars.map { $0 < 5 ? $0 + change : $0 }, shape: [1, 2, 3])
      (model.layout, model.preActivation) = (
        layout, layout == .channelsFirst ? moved : moved.transposed(axes: [0, 2, 1])
      )
      return try measure(Moment(model, step: step))
    }
    let measure = Recording.layers.begin()
    _ = try rows(0, 0, measure)
    let row = try rows(1, 100, measure)[0]
    let (drift, deviation) = (try #require(number(row, "drift")), try #require(number(row, "deviation")))
    #expect(abs(drift * deviation - 0.5) < 1e-6)
  }

  @Test("What is no number is an empty field")
  func notFinite() throws {
    var model = Shown(2)
    model.preActivation = Tensor([1, .nan, .infinity, 2], shape: [2, 2])
    let measure = Recording.layers.begin()
    for step in [0, 10] {
      let row = RecordedRow(
        run: "r1", configuration: .made(), step: step, try measure(Moment(model, step: step))[0], of: .layers)
      for column in Recording.layers.fileColumns {
        #expect(!["nan", "inf", "-inf", "-nan"].contains(row.text(column)), "\(column)")
      }
      #expect(row.text("mean") == "" && row.number("p50").isNaN && row.number("weight_norm") == 2)
    }
  }
}

@Suite struct LandscapeRecordingTests {
  @Test("Along a step, loss and gradient are those of the logistic function that the model is")
  func logistic() throws {
    // The loss is ln(1 + exp(−w)), its gradient −1 / (1 + exp(w)).
    func loss(_ w: Double) -> Double { log(1 + exp(-w)) }
    func gradient(_ w: Double) -> Double { -1 / (1 + exp(w)) }
    let w = 0.3
    var model = Shown(Float(w))
    // What training left there.
    model.weights.gradient[0, 0] = 5
    let rows = try Recording.landscape.begin()(Moment(model, images: 40))
    #expect(rows.map { $0["along"] } == [.text("rate"), .text("relative")])
    let size = (w * w + 50).squareRoot()
    let factors = (0..<8).map { Double($0) / 7 }
    let lengths = [
      factors.map { 0.05 * pow(8, $0) * abs(gradient(w)) }, factors.map { 0.001 * pow(100, $0) * size },
    ]
    for (row, lengths) in zip(rows, lengths) {
      let ends = lengths.map { w + $0 }
      let changes = ends.map { abs(gradient($0) - gradient(w)) }
      let expected: [(String, Double?)] = [
        ("loss", loss(w)), ("loss_low", ends.map(loss).min()), ("loss_high", ends.map(loss).max()),
        ("gradient_norm", abs(gradient(w))), ("gradient_change", changes.max()),
        ("gradient_change_relative", changes.max().map { $0 / abs(gradient(w)) }),
        ("smoothness", zip(changes, lengths).map { $0 / $1 }.max()),
      ]
      for (column, value) in expected {
        guard case .number(let found)? = row[column] else { return #expect(Bool(false), "\(column)") }
        // Steps of a thousandth have three digits less than a weight.
        #expect(abs(found - value!) < 1e-3 * abs(value!), "\(column): \(found), expected \(value!)")
      }
    }
  }

  @Test("A loss that is no number leaves its fields empty")
  func notFinite() throws {
    let rows = try Recording.landscape.begin()(Moment(Shown(.nan)))
    let row = RecordedRow(run: "r1", configuration: .made(), step: 0, rows[0], of: .landscape)
    #expect(row.text("along") == "rate" && row.text("loss") == "" && row.text("smoothness") == "")
  }
}

@Suite struct RecordedRunTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func training(_ model: ModelRecipe = .mlp, _ change: (inout RunConfiguration) -> Void = { _ in }) throws
    -> Training
  {
    var run = RunConfiguration.made(model, "batch")
    (run[.epochs], run[.batchSize], run[.trainLimit], run[.dropout]) = (2, 60, 300, 0.2)
    change(&run)
    return try Training(run, on: digits.get())
  }

  @Test("A run has the same bits whatever is recorded of it", arguments: ["mlp", "cnn", "rnn"])
  func bits(model: String) throws {
    let training = try training(Catalogue().model(model)!)
    let (plain, recorded) = (
      try training.run(on: .serial), try training.run(on: .serial, recording: Recording.all)
    )
    let times = ["seconds", "samples_per_second", "elapsed_seconds"]
    for column in RunRecord.columns where !times.contains(column) {
      #expect(recorded.record.field(column) == plain.record.field(column), "\(column)")
    }
    for (found, expected) in zip(recorded.curve, plain.curve) {
      for column in CurveRecord.columns where !times.contains(column) {
        #expect(found.field(column) == expected.field(column), "\(column)")
      }
    }
    #expect(recorded.outcomes == plain.outcomes && plain.recorded.isEmpty)
    #expect(Set(recorded.recorded.keys) == Set(Recording.all.map(\.name)))
  }

  @Test("There is a row before the first step and at every evaluation, for every layer")
  func moments() throws {
    let rows = try training { $0[.evaluateEvery] = 4 }.run(on: .serial, recording: [.layers]).recorded["layers"] ?? []
    #expect(rows.map(\.step) == [0, 4, 8, 10].flatMap { [$0, $0, $0] })
    #expect(rows.prefix(3).map { $0.text("layer") } == ["layer0", "layer1", "layer2"])
    #expect(rows.allSatisfy { abs($0.number("effective_rate") * pow($0.number("weight_norm"), 2) - 0.1) < 1e-9 })
    #expect(rows.allSatisfy { $0.number("drift").isNaN == ($0.step == 0) })
    #expect(rows.allSatisfy { $0.text("norm") == "batch" && $0.text("dropout") == "0.2" })
  }

  @Test("A run that diverges has the rows up to there")
  func diverged() throws {
    let result = try training { ($0[.learningRate], $0[.evaluateEvery]) = (1e38, 1) }
      .run(on: .serial, recording: Recording.all)
    #expect(result.record.status == .diverged)
    let last = result.curve.last?[.step] ?? 0
    for rows in result.recorded.values { #expect(rows.first?.step == 0 && rows.allSatisfy { Double($0.step) < last }) }
  }

  @Test("Only what is missing is trained, and only the missing rows are added")
  func missing() throws {
    let directory = try ResultsDirectory(path: folder.path)
    let trainings = [try training(), try training { $0[.seed] = 1 }]
    try Comparison([trainings[0]], in: directory).run { _ in true }
    let runs = try folder.text(of: "runs.csv")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/layers.csv"))
    #expect(try directory.recorded("layers", of: [trainings[0].identifier]).isEmpty)
    #expect(try directory.missing(of: trainings).map(\.identifier) == [trainings[1].identifier])
    #expect(try directory.missing(of: trainings) { _ in ["layers"] }.count == 2)
    try Comparison(trainings, in: directory) { _ in ["layers"] }.run { _ in true }
    #expect(try folder.text(of: "runs.csv").hasPrefix(runs) && directory.records().count == 2)
    #expect(try directory.evaluations().count == 4)
    for directory in [directory, try ResultsDirectory(path: folder.path)] {
      #expect(try directory.missing(of: trainings) { _ in ["layers"] }.isEmpty)
      #expect(try directory.missing(of: trainings) { _ in ["landscape"] }.count == 2)
      for training in trainings {
        let rows = try directory.recorded("layers", of: [training.identifier])
        #expect(rows == (try training.run(on: .serial, recording: [.layers]).recorded["layers"]))
        #expect(rows.count == 9)
      }
    }
    var started = 0
    try Comparison(trainings, in: directory) { _ in ["layers"] }.run { event in
      if case .started = event { started += 1 }
      return true
    }
    #expect(started == 0)
  }

  @Test("What a crash leaves in the file of a recording is cut off; rows of a run that was taken out go, too")
  func crash() throws {
    let training = try training()
    let result = try training.run(on: .serial, recording: [.layers])
    try ResultsDirectory(path: folder.path).commit(result)
    let whole = try folder.text(of: "layers.csv")
    try folder.write(Array((whole + "r2,half\n").utf8), to: "layers.csv")
    try folder.write(Array("\(whole.utf8.count) layers.csv\nend\n".utf8), to: ".journal")
    _ = try ResultsDirectory(path: folder.path)
    #expect(try folder.text(of: "layers.csv") == whole)
    let header = try folder.text(of: "runs.csv").split(separator: "\n")[0]
    try folder.write(Array((header + "\n").utf8), to: "runs.csv")
    let directory = try ResultsDirectory(path: folder.path)
    #expect(try directory.recorded("layers", of: [training.identifier]).isEmpty)
    #expect(try folder.text(of: "layers.csv").split(separator: "\n").count == 1)
  }

  @Test("A model that shows nothing has rows all the same, so that it is not trained again, and can be merged")
  func nothing() throws {
    let model = ModelRecipe.scripted()
    let training = try Training(.scripted(model), on: .numbered(), in: Catalogue(models: [model]))
    let result = try training.run(on: .serial, recording: [.layers])
    let rows = result.recorded["layers"] ?? []
    #expect(
      rows.map(\.step) == [0] + result.curve.map { Int($0[.step]) } && rows.allSatisfy { $0.text("layer").isEmpty })
    try ResultsDirectory(path: folder.path + "/a").commit(result)
    #expect(try Merge([folder.path + "/a"], into: folder.path + "/b").run().runs == 1)
  }

  @Test("A run that is trained anew replaces its rows")
  func forced() throws {
    let directory = try ResultsDirectory(path: folder.path)
    let result = try training().run(on: .serial, recording: [.layers])
    for _ in 0..<2 { try directory.commit(result, replacing: true) }
    #expect(try directory.recorded("layers", of: [result.record.run]).count == 9 && directory.records().count == 1)
  }
}
