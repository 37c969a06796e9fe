import Harness

/// Batch normalization in time: on W_x·x alone, or on W_h·h with statistics of each step (Laurent et al., 2015; Cooijmans et al.,
/// 2016).
struct Recurrent: Claim {
  let name = "recurrent"
  let sentence = """
    In recurrent networks batch normalization belongs on the input path; on the hidden path statistics shared over time hurt, those of \
    each step with γ = 0.1 work; layer normalization in each step is robust.
    """
  let source = """
    Laurent et al. 2015. Cooijmans et al. 2016, Table 1: 784 pixels of MNIST 98.9 % to 99.0 %, permuted 90.2 to 95.4 %; with γ = 1 \
    learning begins after some 26,000 steps. Ba et al. 2016, §6.
    """
  let disputed =
    "Laurent et al. found no gain in test; the gain of layer normalization shrinks when counted in time, not steps."
  let standIn = """
    A tanh network of 64 units (theirs: LSTM of 100 and more) over the pixels in as many steps as an image has rows and in 64 (in at most 128 where 64 does not divide them; 784 would take hours), rate tuned in each cell; \
    ε = 1e-5 and noise of 0.1 on the first state, as border pixels are constant. Shared and per-step statistics train alike and \
    differ in inference.
    """
  let norms = ["none", "batch", "layer"]

  func questions(in study: Study) -> [Question] {
    let pixels = study.dataset.height * study.dataset.width
    let divisors = (1...pixels).filter { pixels % $0 == 0 }
    let longest = divisors.last { $0 <= 128 } ?? pixels
    let lengths = divisors.filter { [study.dataset.height, longest].contains($0) || [16, 32].contains($0) }
    return study.enough(lengths, quick: [longest]).flatMap { steps in
      study.members.flatMap { norm in
        // What is between the shortest and the longest is shown beside them.
        norm.mixesSamples
          ? batch(norm, steps, study, isJudged: ![16, 32].contains(steps))
          : robust(norm, steps, study, isJudged: ![16, 32].contains(steps))
      }
    }
  }

  private func run(_ norm: NormalizerChoice, _ steps: Int, _ study: Study) -> RunConfiguration {
    study.run("rnn", norm).with(.sequence, .pixels).with(.timeSteps, steps).with(.initialNoise, 0.1).with(
      .epochs, study.enough(6, quick: 1)
    )
    .with(.evaluateEvery, Study.atTheEnd)
  }

  private func tuned(_ run: RunConfiguration) -> Arm { .tuned(run, rate: 3e-5...0.3) }

  /// Both paths, each with statistics over the batch at a step.
  private func hidden(
    _ norm: NormalizerChoice, _ steps: Int, _ study: Study, _ place: Placement, gamma: Double
  ) -> RunConfiguration {
    run(norm, steps, study).with(.placement, place).with(.initialGamma, gamma)
  }

  private func batch(
    _ norm: NormalizerChoice, _ steps: Int, _ study: Study, isJudged: Bool
  ) -> [Question] {
    let none = tuned(run(study.none, steps, study))
    let shared = hidden(norm, steps, study, .hiddenPath, gamma: 0.1)
    let own = hidden(norm, steps, study, .hiddenPathPerStep, gamma: 0.1)
    let large = hidden(norm, steps, study, .hiddenPathPerStep, gamma: 1)
    func question(_ title: String, _ first: Arm, _ second: Arm, _ rule: Rule) -> Question {
      Question(
        "\(title), \(steps) steps", about: norm, .difference, of: .accuracy, first, second,
        isJudged ? rule : .shown)
    }
    return [
      question(
        "\(norm.name) on the input path is no worse than no normalizer", tuned(run(norm, steps, study)), none,
        .more(than: -0.02)),
      question("shared statistics on both paths cost accuracy", none, tuned(shared), .more(than: 0.02)),
      question("statistics of each step beat shared ones", tuned(own), tuned(shared), .more(than: 0.02)),
      question("with γ = 0.1 they are no worse than no normalizer", tuned(own), none, .more(than: -0.02)),
      question("γ = 0.1 beats γ = 1", tuned(own), tuned(large), .more(than: 0.02)),
    ]
  }

  private func robust(
    _ norm: NormalizerChoice, _ steps: Int, _ study: Study, isJudged: Bool
  ) -> [Question] {
    [
      Question(
        "\(norm.name) in each step is no worse than no normalizer, \(steps) steps", about: norm, .difference,
        of: .accuracy,
        tuned(run(norm, steps, study)), tuned(run(study.none, steps, study)),
        isJudged ? .more(than: -0.02) : .shown)
    ]
  }
}
