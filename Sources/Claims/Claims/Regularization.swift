import Harness
import Layers

/// The noise of batch statistics regularizes, can stand in for dropout, and does not go with it (Li et al., 2018).
struct Regularization: Claim {
  let name = "regularization"
  let sentence = """
    The noise of mini-batch statistics regularizes, less as batches grow; it can stand in for dropout, and dropout before it costs \
    accuracy.
    """
  let source = """
    Ioffe & Szegedy 2015, §3.4, §4.2.1: dropout removed or 5-10 %. Li et al. 2018: DenseNet on CIFAR-100, dropout 0.5 in each \
    bottleneck, 77.42 to 68.55 %; after the last normalization it is safe.
    """
  let disputed = """
    A smaller gap can have the worse test (Saito ch. 6); with batch normalization a little dropout can help (Mishkin et al. 2016); \
    less noise is not always worse (Wu & Johnson 2021).
    """
  let standIn = """
    300 training images, a perceptron of six rectifier layers of 100, dropout 0.2, batches of 60, rate tuned for each. Gap: loss on \
    the test images less that on the training images, in inference.
    """
  let norms = ["batch"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, dropout: Double = 0, at place: DropoutPlace = .layers) -> RunConfiguration {
      study.run("mlp", norm).with(.activation, .relu).with(.depth, 6).with(.trainLimit, study.images(300)).with(
        .batchSize, 60
      )
      .with(.epochs, study.enough(60, quick: 2)).with(.evaluateEvery, Study.atTheEnd)
      .with(.dropout, dropout).with(.dropoutPlace, place)
    }
    /// The training images and the test images, each through the network that was chosen.
    func both(_ run: RunConfiguration) -> Arm { .tuned(run.with(.testImages, .train), run) }
    return study.members.flatMap { norm in
      [
        Question(
          "\(norm.name) narrows the gap between training and test", about: norm, .difference, of: .gap,
          both(run(study.none)), both(run(norm)), .more(than: 0.05)),
        Question(
          "\(norm.name) is more accurate than no normalizer", about: norm, .difference, of: .accuracy,
          .tuned(run(norm)),
          .tuned(run(study.none)), .more(than: 0.02)),
        Question(
          "\(norm.name) is no worse than dropout", about: norm, .difference, of: .accuracy, .tuned(run(norm)),
          .tuned(run(study.none, dropout: 0.2)), .more(than: -0.02)),
        Question(
          "statistics of 10 images narrow the gap more than of 60, \(norm.name)", about: norm, .difference, of: .gap,
          both(run(norm)), both(run(norm).with(.statisticsBatch, 10)), .more(than: 0.05)),
        Question(
          "dropout behind the last \(norm.name) beats dropout before it", about: norm, .difference, of: .accuracy,
          .tuned(run(norm, dropout: 0.2, at: .classifier)), .tuned(run(norm, dropout: 0.2)), .more(than: 0.02)),
        Question(
          "noise of batch means falls with the root of the batch", about: norm, of: .number("exponent + ½"),
          .computed { 0.5 + BatchNoise.exponents(of: study.dataset, seed: $0).mean }, .equal(within: 0.05)),
        Question(
          "noise of batch deviations falls with the root of the batch", about: norm, of: .number("exponent + ½"),
          .computed { 0.5 + BatchNoise.exponents(of: study.dataset, seed: $0).deviation }, .equal(within: 0.05)),
      ]
    }
  }
}
