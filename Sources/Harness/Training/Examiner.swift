import Layers
import Norms
import Tensors

/// Tests a model in the course of its training, and leaves it as it is.
struct Examiner {
  let dataset: Dataset
  /// Which training images are trained on, and which are held out.
  let samples, heldOut: [Int]
  private let batchSize: Int
  private let paint: Paint
  private let input: (Tensor<Float>) -> Tensor<Float>
  private let processor: Processor

  /// The most batches that the statistics of the population are made of.
  static let populationBatches = 100

  init(
    _ run: RunConfiguration, recipe: ModelRecipe, on dataset: Dataset, samples: [Int], heldOut: [Int],
    processor: Processor
  ) {
    (self.dataset, self.samples, self.heldOut, self.processor) = (dataset, samples, heldOut, processor)
    (batchSize, paint) = (run[.batchSize], run[.paint])
    input = { recipe.input($0, run) }
  }

  /// What came of an examination: the validation images are never changed.
  struct Result {
    let validation: Evaluation?
    let test: Evaluation
  }

  /// Examines a model in several ways; what they have in common is done once.
  func examine<Model: Classifier<Float>>(_ model: Model, by examinations: [Examination]) throws -> [Result] {
    var prepared: [Inference: (model: Model, validation: Evaluation?)] = [:]
    return try examinations.map { examination in
      let inference = examination.inference
      var (model, validation) = try prepared[inference] ?? prepare(model, for: inference)
      prepared[inference] = (model, validation)
      let levels = dataset.levels(paint: paint, images: examination.images)
      let (part, indices) = images(of: examination)
      let test = try evaluate(&model, inference, indices, of: part, levels: levels)
      return Result(validation: validation, test: test)
    }
  }

  /// Takes the memory that examinations take.
  func examineOneBatch<Model: Classifier<Float>>(_ model: Model, by examinations: [Examination]) throws {
    for examination in examinations {
      var model = model
      if examination.inference.statistics == .population { try calibrate(&model, batches: 1) }
      let (part, indices) = images(of: examination)
      guard let first = examination.inference.batches(of: indices.count).first else { continue }
      let levels = dataset.levels(paint: paint, images: examination.images)
      _ = try evaluate(&model, examination.inference, indices[first], of: part, levels: levels)
    }
  }

  private func prepare<Model: Classifier<Float>>(
    _ model: Model, for inference: Inference
  ) throws -> (model: Model, validation: Evaluation?) {
    var model = model
    if inference.statistics == .population { try calibrate(&model) }
    guard !heldOut.isEmpty else { return (model, nil) }
    let levels = dataset.levels(paint: paint)
    return (model, try evaluate(&model, inference, heldOut, of: dataset.train, levels: levels))
  }

  /// Gives the normalizers the statistics of the images trained on, in whole batches of the size of training's.
  func calibrate(_ model: inout some Classifier<Float>, batches: Int = populationBatches) throws {
    let levels = dataset.levels(paint: paint)
    let whole = samples.count / batchSize
    let count = min(whole, batches)
    for number in 0..<count {
      let first = number * whole / count * batchSize
      let batch = samples[first..<first + batchSize]
      _ = try model.forward(
        input(dataset.batch(batch, of: dataset.train, levels: levels, on: processor)), mode: .calibration)
    }
  }

  /// Classifies some of the images of a part, in their order.
  func evaluate(
    _ model: inout some Classifier<Float>, _ inference: Inference, _ indices: some RandomAccessCollection<Int>,
    of part: LabelledImages, levels: Levels
  ) throws -> Evaluation {
    let indices = Array(indices)
    var loss = 0.0
    var correct: [Bool] = []
    for range in inference.batches(of: indices.count) {
      let batch = indices[range]
      let images = input(dataset.batch(batch, of: part, levels: levels, on: processor))
      let (logits, _) = try model.forward(images, mode: inference.mode)
      let labels = batch.map { part.labels[$0] }
      loss += SoftmaxCrossEntropy(logits: logits, labels: labels).sum
      correct += Self.correct(logits, labels)
    }
    return Evaluation(loss: loss / Double(indices.count), correct: correct)
  }

  /// Which images a model is tested on, and the part that they are of.
  private func images(of examination: Examination) -> (part: LabelledImages, indices: [Int]) {
    examination.images == .train
      ? (dataset.train, samples) : (dataset.test, dataset.tested(limit: examination.limit))
  }

  /// How many images a model is tested on.
  func count(in examination: Examination) -> Int { images(of: examination).indices.count }

  /// The accuracy of whoever names the largest class of the images of an examination.
  func guessAccuracy(in examination: Examination) -> Double {
    let (part, indices) = images(of: examination)
    return Dataset.largestShare(of: indices.map { part.labels[$0] })
  }

  /// Which rows have their first largest logit at the label.
  private static func correct(_ logits: Tensor<Float>, _ labels: [Int]) -> [Bool] {
    let (scalars, classes) = (logits.scalars, logits.shape[1])
    return labels.indices.map { sample in
      let row = scalars[(sample * classes)..<((sample + 1) * classes)]
      return row.max().flatMap { row.firstIndex(of: $0) } == row.startIndex + labels[sample]
    }
  }
}

/// What a model made of some images.
struct Evaluation: Sendable {
  /// The mean over the images, in nats.
  let loss: Double
  /// Which of them it had right.
  let correct: [Bool]

  var accuracy: Double { Double(correct.count { $0 }) / Double(correct.count) }
}
