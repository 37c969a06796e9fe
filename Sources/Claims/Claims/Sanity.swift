import Foundation
import Harness

/// What CS231n checks before training: the first loss, twenty samples, regularization.
struct Sanity: Claim {
  let name = "sanity"
  let sentence =
    "Before training: the first loss is that of guessing, twenty samples can be learned to zero loss, and regularization raises the first loss."
  let source = """
    CS231n, notes "Neural networks 3": ln 10 = 2.302 for ten classes with small weights; twenty examples to zero cost; stronger \
    regularization raises the first loss.
    """
  let disputed = """
    A normalized network does not start at ln 10: logits of variance v add about v (1 − 1/K) / 2, so up to 1 more is allowed here.
    """
  let standIn =
    "Each model; the first loss is that of 320 images; twenty images have 400 steps at the best of three rates; the penalty is 0.01."
  let norms = ["none", "batch", "layer", "instance", "group"]

  func questions(in study: Study) -> [Question] {
    study.catalogue.models.flatMap { model in study.norms.flatMap { questions(of: $0, in: model.name, study) } }
  }

  private func questions(of norm: NormalizerChoice, in model: String, _ study: Study) -> [Question] {
    let guess = log(Double(study.dataset.classes))
    let first = Quantity("first loss − ln \(study.dataset.classes)", unit: "nats") { runs, _ in
      Reading(runs[0].record[.firstLoss] - guess)
    }
    let least = Quantity("least loss on 20 images", unit: "nats") { runs, _ in
      Reading(runs.map { $0.record[.trainLoss] }.filter(\.isFinite).min() ?? .nan)
    }
    let run = study.run(model, norm).with(.evaluateEvery, Study.atTheEnd)
    let images = study.images(320)
    let short = run.with(.epochs, 1).with(.trainLimit, images).with(.batchSize, images)
    let steps = study.enough(400, quick: 20)
    // The loss of the last steps alone: evaluated once before them, and at the end.
    let few = run.with(.trainLimit, study.images(20)).with(.batchSize, study.images(20)).with(.epochs, steps)
      .with(.evaluateEvery, steps - 1)
    let rates = [1, 3, 10].map { $0 * run[.learningRate] }
    return [
      Question(
        "\(norm.name), \(model): the first loss is near that of guessing", about: norm, of: first, .run(short),
        .equal(within: 1)),
      Question(
        "\(norm.name), \(model): twenty images are learned", about: norm, of: least,
        .sweep(few, .learningRate, over: rates), .equal(within: 1e-3)),
      Question(
        "\(norm.name), \(model): a penalty raises the first loss", about: norm, .difference, of: .metric(.firstLoss),
        .run(short.with(.l2, 0.01)), .run(short), .more(than: 0.01)),
    ]
  }
}
