// Examples/Positional/Sources/positional/main.swift
import CompareCommand
import Harness
import Norms

/// Normalizes each position over all channels (Li et al., 2019).
struct PositionalNorm<Scalar: TensorScalar>: Normalizer {
  var reducedAxes: Axes { [.group, .channel] }
  var state: NormalizerState<Scalar>

  init(channels: Int) {
    state = NormalizerState(channels: channels)
  }
}

let mine = NormalizerChoice("positional") { PositionalNorm(channels: $0.channels) }
CompareCommand.main(normalizers: NormalizerChoice.all + [mine])
