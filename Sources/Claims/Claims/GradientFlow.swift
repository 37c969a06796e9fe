import Harness

/// Sigmoid stacks lose gradient with depth and recurrent networks with time; normalization restores it.
struct GradientFlow: Claim {
  let name = "gradient-flow"
  let sentence = "Sigmoid stacks lose gradient with depth and recurrent networks with time; normalization restores it."
  let source = """
    Nielsen, "Neural Networks and Deep Learning", ch. 5: a factor of 4-5 from one sigmoid layer to the next (gradient norms 0.003, \
    0.017, 0.070, 0.285). Cooijmans et al. 2016, §4, Fig. 1.
    """
  let disputed = """
    "Restores" overshoots: without skips, batch normalization explodes with depth whatever the initialization (Yang et al. 2019). \
    What explodes counts against it here.
    """
  let standIn = """
    Sigmoid layers of 100, 4 and 16 deep, and a recurrent network of 64 units over the pixels; norm of the gradient of 256 fixed \
    images, before training and after 100 steps. Measured: how far its logarithm is from level, whether it falls or rises.
    """
  let norms = ["none", "batch", "layer"]

  func questions(in study: Study) -> [Question] {
    let moments: [(Quantity.Moment, String)] = [(.start, "at first"), (.end, "after 100 steps")]
    let deep = study.enough([4, 16], quick: [4]).flatMap { depth in
      study.members.flatMap { norm in
        moments.map { moment, when in
          Question(
            "\(norm.name) keeps it through \(depth) layers, \(when)", about: norm, .difference,
            of: .drop(byLayer: "gradient_norm", moment, "change of the gradient"), stack(study.none, depth, study),
            stack(norm, depth, study), .more(than: 0.25))
        }
      }
    }
    let long = study.members.flatMap { norm in
      moments.map { moment, when in
        Question(
          "\(norm.name) keeps it through time, \(when)", about: norm, .difference,
          of: .drop(byTime: "gradient_norm", moment, "change of the gradient"), recurrent(study.none, study),
          recurrent(norm, study), .more(than: 0.05))
      }
    }
    return deep + long
  }

  private func stack(_ norm: NormalizerChoice, _ depth: Int, _ study: Study) -> Arm {
    watched(study.run("mlp", norm).with(.depth, depth), study)
  }

  private func recurrent(_ norm: NormalizerChoice, _ study: Study) -> Arm {
    watched(study.run("rnn", norm).with(.sequence, .pixels).with(.timeSteps, study.enough(0, quick: 8)), study)
  }

  /// A hundred steps of one epoch, watched at its ends.
  private func watched(_ run: RunConfiguration, _ study: Study) -> Arm {
    let steps = study.enough(100, quick: 10)
    let batch = min(60, study.dataset.train.count)
    let images = min(steps * batch, study.dataset.train.count / batch * batch)
    return .run(
      run.with(.batchSize, batch).with(.trainLimit, images).with(.epochs, max(steps * batch / images, 1))
        .with(.evaluateEvery, Study.atTheEnd), recording: ["layers"])
  }
}
