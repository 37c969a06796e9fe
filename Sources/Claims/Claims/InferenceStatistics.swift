import Harness

/// Moving, population and batch statistics differ in inference, most at small batches (Wu & Johnson, 2021).
struct InferenceStatistics: Claim {
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
      study.enough([2, 8, 32], quick: [8]).flatMap { size in
        let base = study.run("cnn", norm).with(.batchSize, size).with(.epochs, study.enough(4, quick: 1))
          .with(.evaluateEvery, Study.atTheEnd)
        let moving = base
        let population = base.with(.inferenceStatistics, .population)
        let batch = base.with(.inferenceStatistics, .batch).with(.evaluationBatch, size)
        let rule = size == 2 ? Rule.more(than: 0.02) : .equal(within: 0.02)
        return [
          Question(
            "batch \(size == 2 ? "above" : "as") population statistics, \(norm.name) at \(size)", about: norm,
            .difference, of: .accuracy, .tuned(batch), .tuned(population), rule),
          Question(
            "population \(size == 2 ? "above" : "as") moving statistics, \(norm.name) at \(size)", about: norm,
            .difference, of: .accuracy, .tuned(population), .tuned(moving), rule),
          Question(
            "on the training images, batch \(size == 2 ? "above" : "as") moving, at \(size)", about: norm, .difference,
            of: .accuracy, .tuned(batch.with(.testImages, .train)), .tuned(moving.with(.testImages, .train)), rule),
        ]
      }
    }
  }
}
