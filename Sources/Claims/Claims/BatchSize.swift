import Harness

/// Batch normalization degrades at small batches, and what does not average over the batch does not (Wu & He, 2018).
struct BatchSize: Claim {
  let name = "batch-size"
  let sentence = "Batch normalization degrades at small batches; what averages within a sample does not."
  let source =
    "Wu & He 2018, §4.1, Table 2: error 23.6 % at 32 images a worker, 34.7 % at 2; group normalization 24.1 %, 24.1 %."
  let disputed = """
    Wu & Johnson 2021, Fig. 2-3: of some 9 points at 2, about 6.5 come from the statistics of evaluation, not from training.
    """
  let standIn = """
    The small CNN, rate tuned at each size (Wu & He scaled one rate); five epochs at each size, so that batches of 2 have sixteen \
    times the steps of 32. A statistic sees batch × positions values.
    """
  let norms = ["none", "batch", "layer", "group"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, _ size: Int) -> RunConfiguration {
      study.run("cnn", norm).with(.batchSize, size).with(.epochs, study.enough(5, quick: 1))
    }
    return study.norms.flatMap { norm in
      study.enough([2, 4, 8], quick: [8]).map { size in
        Question(
          norm.mixesSamples
            ? "\(norm.name) loses accuracy from 32 to \(size)" : "\(norm.name) does not, from 32 to \(size)",
          about: norm, .difference, of: .accuracy, .tuned(run(norm, 32)), .tuned(run(norm, size)),
          norm.mixesSamples ? .more(than: 0.02) : .equal(within: 0.02))
      }
    }
  }
}
