import Harness

/// Batch normalization degrades at small batches, and what does not average over the batch does not (Wu & He, 2018).
struct BatchSize: Claim {
  let name = "batch-size"
  let sentence = "Batch normalization degrades at small batches; what averages within a sample does not."
  let source = """
    Wu & He 2018, §4.1, Table 2: batch normalization errs on 23.6 % at 32 images a worker and on 34.7 % at 2, group normalization on \
    24.1 % and 24.1 %.
    """
  let disputed = """
    Wu & Johnson 2021, Fig. 2, 3: of some 9 points at 2, about 6.5 come from the statistics of evaluation, not from training.
    """
  let standIn = """
    The small CNN, four epochs at each size, so that batches of 2 have sixteen times the steps of 32: with the rate tuned at each \
    size; with one rate scaled with the size, as the paper does; with population statistics; and at batches of 32 whose statistics \
    are over parts. A statistic sees batch × positions values.
    """
  let norms = ["none", "batch", "layer", "group"]

  func questions(in study: Study) -> [Question] {
    study.norms.flatMap { norm in
      tuned(norm, study) + [scaled(norm, study)] + (norm.mixesSamples ? causes(norm, study) : [])
    }
  }

  private func run(_ norm: NormalizerChoice, _ size: Int, _ study: Study) -> RunConfiguration {
    study.run("cnn", norm).with(.batchSize, size).with(.epochs, study.enough(4, quick: 1)).with(
      .evaluateEvery, Study.atTheEnd)
  }

  /// What is said of a normalizer of its kind: it loses accuracy, or it does not.
  private func question(
    _ norm: NormalizerChoice, _ what: String, _ large: Arm, _ small: Arm, isJudged: Bool = true
  ) -> Question {
    norm.mixesSamples
      ? Question(
        "\(norm.name) loses accuracy, \(what)", about: norm, .difference, of: .accuracy, large, small,
        isJudged ? .more(than: 0.02) : .shown)
      : Question(
        "\(norm.title) keeps its accuracy, \(what)", about: norm, .difference,
        of: .accuracy, small, large,
        isJudged ? .more(than: -0.02) : .shown)
  }

  /// Each size against 32; those that the sentence is about have verdicts.
  private func tuned(_ norm: NormalizerChoice, _ study: Study) -> [Question] {
    study.enough([2, 4, 8, 16, 64], quick: [8]).map { size in
      question(
        norm, "32 to \(size), rates tuned", .tuned(run(norm, 32, study)), .tuned(run(norm, size, study)),
        isJudged: size == 2 || (size == 8 && norm.mixesSamples))
    }
  }

  private func scaled(_ norm: NormalizerChoice, _ study: Study) -> Question {
    func scaled(_ size: Int) -> Arm {
      let run = run(norm, size, study)
      return .run(run.with(.learningRate, run[.learningRate] * Double(size) / 32))
    }
    return question(norm, "32 to 2, one rate scaled", scaled(32), scaled(study.enough(2, quick: 8)))
  }

  /// What the loss is due to.
  private func causes(_ norm: NormalizerChoice, _ study: Study) -> [Question] {
    let small = study.enough(2, quick: 8)
    func population(_ size: Int) -> Arm {
      let run = run(norm, size, study)
      return .tuned(run.with(.inferenceStatistics, .population), chosenBy: run)
    }
    return [
      question(norm, "32 to \(small), population statistics", population(32), population(small)),
      question(
        norm, "batches of 32 in parts of \(small)", .tuned(run(norm, 32, study)),
        .tuned(run(norm, 32, study).with(.statisticsBatch, small))),
    ]
  }
}
