import Harness

/// Moving, population and batch statistics differ in inference, most at small batches (Wu & Johnson, 2021).
struct StatisticsOfInference: Claim {
  let name = "inference-statistics"
  let sentence =
    "In inference, moving averages, population statistics and batch statistics differ, most at small batches."
  let source = """
    Ioffe & Szegedy 2015, §3.1, Algorithm 2. Wu & Johnson 2021, Fig. 2, 3: with statistics over 2 images, batch statistics err on \
    26.0 %, population statistics on 32.5 %; from 16 images on, population statistics are ahead by about 1 point.
    """
  let disputed = """
    Moving averages lag where the rate is high and are level with population statistics at the end of training (Wu & Johnson 2021).
    """
  let standIn = """
    The small CNN, rate tuned at each batch size, each trained network evaluated in every way: population statistics are Algorithm \
    2's (unbiased) over at most 100 batches; batch statistics are over as many images as in training.
    """
  let norms = ["batch"]

  func questions(in study: Study) -> [Question] {
    study.members.filter(\.mixesSamples).flatMap { norm in
      study.enough([2, 8, 32], quick: [8]).flatMap { size in questions(of: norm, at: size, study) }
    }
  }

  private func questions(of norm: NormalizerChoice, at size: Int, _ study: Study) -> [Question] {
    let base = study.run("cnn", norm).with(.batchSize, size).with(.epochs, study.enough(4, quick: 1))
      .with(.evaluateEvery, Study.atTheEnd)
    /// The network that is chosen by its moving averages, evaluated otherwise.
    func arm(_ statistics: InferenceStatistics, on images: TestImages = .test) -> Arm {
      let run = base.with(.testImages, images).with(.inferenceStatistics, statistics)
      return .tuned(statistics == .batch ? run.with(.evaluationBatch, size) : run, chosenBy: base)
    }
    let isSmall = size == 2
    return [
      Question(
        "batch statistics \(isSmall ? "above" : "as") population statistics, \(norm.name) at \(size)", about: norm,
        .difference, of: .accuracy, arm(.batch), arm(.population), isSmall ? .more(than: 0.02) : .equal(within: 0.02)),
      Question(
        "population statistics as moving averages, \(norm.name) at \(size)", about: norm, .difference, of: .accuracy,
        arm(.population), arm(.moving), .equal(within: 0.02)),
      Question(
        "batch statistics beside moving averages, training images, \(norm.name) at \(size)", about: norm, .difference,
        of: .accuracy, arm(.batch, on: .train), arm(.moving, on: .train), .shown),
    ]
  }
}
