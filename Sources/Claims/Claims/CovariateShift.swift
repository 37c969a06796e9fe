import Harness

/// Trained on black cats, a network fails on coloured ones; normalization within a sample forgives contrast (Ulyanov et al.,
/// 2016).
struct CovariateShift: Claim {
  let name = "covariate-shift"
  let sentence =
    "Trained on black cats, a network fails on coloured ones; normalization within a sample forgives contrast, and new statistics mend batch normalization."
  let source = """
    Ulyanov et al. 2016. Schneider et al. 2020: ImageNet-C, ResNet-50, mean corruption error 76.7, with statistics of the shifted \
    images 62.2; group normalization 72.4.
    """
  let disputed = """
    Contrast is algebra: per-sample statistics remove a factor. New statistics are weaker on natural shifts (Nado et al. 2020).
    """
  let standIn = """
    The small CNN on images painted red, rate tuned for each; tested on images of another colour, inverted, at half the contrast, and \
    brighter. New statistics: those of batches of the shifted test images.
    """
  let norms = ["none", "batch", "layer", "instance"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, _ images: TestImages) -> RunConfiguration {
      study.run("cnn", norm).with(.paint, .red).with(.testImages, images).with(.epochs, study.enough(8, quick: 1))
        .with(.evaluateEvery, Study.atTheEnd)
    }
    func arm(_ norm: NormalizerChoice, _ images: TestImages) -> Arm {
      .tuned(run(norm, images), chosenBy: run(norm, .test))
    }
    let contrast = study.norms.map { norm in
      norm.isNone || norm.mixesSamples
        ? Question(
          "\(norm.title) loses accuracy at half the contrast", about: norm, .difference, of: .accuracy,
          arm(norm, .test),
          arm(norm, .dimmed), .more(than: 0.02))
        : Question(
          "\(norm.name) keeps its accuracy at half the contrast", about: norm, .difference, of: .accuracy,
          arm(norm, .dimmed),
          arm(norm, .test), .more(than: -0.02))
    }
    let others: [(images: TestImages, what: String)] = [
      (.repainted, "of another colour"), (.inverted, "inverted"), (.brightened, "brighter"),
    ]
    let losses = study.norms.flatMap { norm in
      others.map { images, what in
        Question(
          "\(norm.title) loses accuracy on images \(what)", about: norm, .difference, of: .accuracy,
          arm(norm, .test),
          arm(norm, images), images == .brightened ? .shown : .more(than: 0.1))
      }
    }
    let mended = study.norms.filter(\.mixesSamples).flatMap { norm in
      ([(.dimmed, "at half the contrast")] + others).flatMap { (images: TestImages, what: String) in
        [256, 8].map { size in
          Question(
            "statistics of \(size) such images mend \(norm.name), \(what)", about: norm, .difference, of: .accuracy,
            .tuned(
              run(norm, images).with(.inferenceStatistics, .batch).with(.evaluationBatch, size),
              chosenBy: run(norm, .test)), arm(norm, images),
            size == 8 || images == .brightened ? .shown : .more(than: 0.05))
        }
      }
    }
    return contrast + losses + mended
  }
}
