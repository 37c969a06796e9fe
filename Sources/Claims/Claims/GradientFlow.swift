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
    Sigmoid layers of 100, 2 to 16 deep, and a recurrent network of 64 units over 8 steps to all pixels; norm of the gradient of 256 fixed \
    images, before training and after 100 steps. Measured: doublings of it from a layer, or a step, to the next one towards the \
    output; to keep it is to be level, so that both loss and explosion count against. The perceptron's batch normalization stands in \
    each layer, the recurrent one's on the input path.
    """
  let norms = ["none", "batch", "layer"]

  func questions(in study: Study) -> [Question] {
    let layers = study.enough([2, 4, 8, 16], quick: [4]).flatMap { depth in
      questions(
        in: study, through: "\(depth) layers", least: 0.25, isJudged: [4, 16].contains(depth),
        of: { .growth(byLayer: "gradient_norm", $0, "growth from layer to layer") }, stack(_:_:_:), depth)
    }
    let pixels = study.dataset.height * study.dataset.width
    let times = study.enough([8, 16, 32, pixels], quick: [8]).filter { pixels % $0 == 0 }.flatMap { steps in
      questions(
        in: study, through: "\(steps) time steps", least: 0.05, isJudged: steps == pixels,
        of: { .growth(byTime: "gradient_norm", $0, "growth from step to step") }, recurrent(_:_:_:), steps)
    }
    return layers + times
  }

  /// What is asked of a way that the gradient goes: growth towards the output is loss on the way back.
  private func questions(
    in study: Study, through what: String, least delta: Double, isJudged: Bool,
    of quantity: (Quantity.Stage) -> Quantity, _ make: (NormalizerChoice, Int, Study) -> Arm, _ length: Int
  ) -> [Question] {
    func arm(_ norm: NormalizerChoice) -> Arm { make(norm, length, study) }
    func judged(_ rule: Rule) -> Rule { isJudged ? rule : .shown }
    let moments: [(Quantity.Stage, String)] = [(.start, "at first"), (.end, "after 100 steps")]
    return moments.flatMap { moment, when in
      [
        Question(
          "without a normalizer gradient is lost through \(what), \(when)", about: study.none, of: quantity(moment),
          arm(study.none),
          judged(.more(than: delta)))
      ]
        + study.members.flatMap { norm in
          [
            Question(
              "\(norm.name) keeps the gradient through \(what), \(when)", about: norm, of: quantity(moment), arm(norm),
              judged(.equal(within: delta))),
            Question(
              "without \(norm.name) and with it, through \(what), \(when)", about: norm, .difference,
              of: quantity(moment),
              arm(study.none), arm(norm), .shown),
          ]
        }
    }
  }

  private func stack(_ norm: NormalizerChoice, _ depth: Int, _ study: Study) -> Arm {
    watched(study.run("mlp", norm).with(.depth, depth), study)
  }

  private func recurrent(_ norm: NormalizerChoice, _ steps: Int, _ study: Study) -> Arm {
    watched(study.run("rnn", norm).with(.sequence, .pixels).with(.timeSteps, steps), study)
  }

  /// A hundred steps, watched at their ends.
  private func watched(_ run: RunConfiguration, _ study: Study) -> Arm {
    let batch = study.images(60)
    let images = study.images(20 * batch) / batch * batch
    let steps = study.enough(100, quick: 10)
    let epochs = max(steps * batch / images, 1)
    return .run(
      run.with(.batchSize, batch).with(
        .trainLimit, study.enough(images, quick: steps * batch <= images ? steps * batch : images)
      )
      .with(.epochs, epochs).with(.evaluateEvery, Study.atTheEnd), recording: ["layers"])
  }
}
