import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LinearTests {
  @Test("The backward pass agrees with central differences", arguments: [true, false])
  func gradients(hasBias: Bool) {
    var stream = RandomStream(seed: 1, name: "weights")
    var layer = Linear<Double>(inputs: 5, outputs: 3, bias: hasBias, bound: 0.7, from: &stream)
    layer.bias?.value = .random([3], "bias")
    let (input, upstream) = (Tensor<Double>.random([4, 5], "input"), Tensor<Double>.random([4, 3], "upstream"))
    let start = layer
    let gradient = layer.backward(upstream, input: input)
    #expect(gradientMismatch("input", gradient, at: input) { weightedSum(start.forward($0), upstream) } == nil)
    func loss(_ change: (inout Linear<Double>) -> Void) -> Double {
      var copy = start
      change(&copy)
      return weightedSum(copy.forward(input), upstream)
    }
    #expect(
      gradientMismatch("weights", layer.weights.gradient, at: start.weights.value) { moved in
        loss { $0.weights.value = moved }
      } == nil)
    if let bias = layer.bias {
      #expect(
        gradientMismatch("bias", bias.gradient, at: bias.value) { moved in loss { $0.bias!.value = moved } } == nil)
    }
  }
}

@Suite struct ActivationTests {
  @Test("Values and gradients", arguments: Activation.allCases)
  func gradients(activation: Activation) {
    let input = Tensor<Double>.random([3, 7], "input", bound: 3)
    let upstream = Tensor<Double>.random([3, 7], "upstream")
    let output = activation.forward(input)
    let expected = input.scalars.map { x in
      switch activation {
      case .relu: max(x, 0)
      case .tanh: Foundation.tanh(x)
      case .sigmoid: 1 / (1 + exp(-x))
      }
    }
    #expect(mismatch("output", output.scalars, expected, tolerance: 1e-15) == nil)
    let gradient = activation.backward(upstream, output: output)
    #expect(gradientMismatch("input", gradient, at: input) { weightedSum(activation.forward($0), upstream) } == nil)
  }

  @Test("What is not a number stays that, so that divergence is seen", arguments: Activation.allCases)
  func notANumber(activation: Activation) {
    #expect(activation.forward(Tensor<Float>([.nan, 1], shape: [2])).scalars[0].isNaN)
  }
}

@Suite struct SoftmaxCrossEntropyTests {
  @Test("The loss is −log softmax at the label")
  func value() {
    let logits = Tensor<Double>([1, 2, 3, 0, 0, 0], shape: [2, 3])
    let loss = SoftmaxCrossEntropy(logits: logits, labels: [2, 0])
    let first = -log(exp(3.0) / (exp(1.0) + exp(2.0) + exp(3.0)))
    #expect(abs(loss.sum - (first + log(3))) < 1e-14)
    #expect(abs(loss.mean - loss.sum / 2) < 1e-15)
    // Of equal logits, the first is the answer.
    #expect(loss.correct == 2)
  }

  @Test("Its gradient agrees with central differences", arguments: [2, 10, 16, 37])
  func gradient(classes: Int) {
    let logits = Tensor<Double>.random([4, classes], "logits", bound: 3)
    let labels = [0, 1, classes - 1, classes / 2]
    let loss = SoftmaxCrossEntropy(logits: logits, labels: labels)
    #expect(
      gradientMismatch("logits", loss.gradient, at: logits) { SoftmaxCrossEntropy(logits: $0, labels: labels).mean }
        == nil)
  }

  @Test("Large logits are no trouble, and a NaN is passed on")
  func extremes() {
    let large = SoftmaxCrossEntropy(logits: Tensor<Float>([1e4, 0, -1e4], shape: [1, 3]), labels: [1])
    #expect(large.sum == 1e4)
    #expect(large.gradient.scalars == [1, -1, 0])
    let nan = SoftmaxCrossEntropy(logits: Tensor<Float>([.nan, 0, 1], shape: [1, 3]), labels: [1])
    #expect(nan.sum.isNaN && nan.correct == 0)
  }
}

/// Two parameters and nothing else.
private struct Pair: Trainable {
  var a = Parameter(Tensor<Double>([1, 2], shape: [2]))
  var b = Parameter(Tensor<Double>([3], shape: [1]))

  mutating func visitState(_ visitor: StateVisitor<Double>) {
    visitor.visit("a", &a)
    visitor.visit("b", &b)
  }
}

@Suite struct OptimizerTests {
  @Test("SGD with momentum: v ← 0.9 v + g, w ← w − rate · v")
  func momentum() {
    var pair = Pair()
    var optimizer = Optimizer<Double>(.sgd, learningRate: 0.1)
    pair.a.gradient = Tensor([1, -2], shape: [2])
    pair.b.gradient = Tensor([4], shape: [1])
    optimizer.step(&pair)
    #expect(mismatch("a", pair.a.value.scalars, [0.9, 2.2], tolerance: 1e-15) == nil)
    optimizer.step(&pair)
    #expect(mismatch("a", pair.a.value.scalars, [0.9 - 0.19, 2.2 + 0.38], tolerance: 1e-15) == nil)
    #expect(mismatch("b", pair.b.value.scalars, [3 - 0.4 - 0.76], tolerance: 1e-15) == nil)
  }

  @Test("Adam's first step is the learning rate against the sign of the gradient; its second is as the paper says")
  func adam() {
    var pair = Pair()
    var optimizer = Optimizer<Double>(.adam, learningRate: 0.01)
    pair.a.gradient = Tensor([5, -1e-3], shape: [2])
    optimizer.step(&pair)
    #expect(mismatch("first", pair.a.value.scalars, [1 - 0.01, 2 + 0.01], tolerance: 1e-5) == nil)
    let before = pair.a.value.scalars[0]
    pair.a.gradient = Tensor([1, 0], shape: [2])
    optimizer.step(&pair)
    let mean = (0.9 * 0.1 * 5 + 0.1 * 1) / (1 - 0.81)
    let square = (0.999 * 0.001 * 25 + 0.001 * 1) / (1 - 0.999 * 0.999)
    #expect(abs(pair.a.value.scalars[0] - (before - 0.01 * mean / (square.squareRoot() + 1e-8))) < 1e-15)
  }

  @Test("Clipping shrinks the gradients to the norm and leaves smaller ones alone")
  func clipping() {
    var pair = Pair()
    pair.a.gradient = Tensor([3, 0], shape: [2])
    pair.b.gradient = Tensor([4], shape: [1])
    #expect(pair.clipGradients(toNorm: 10) == 5)
    #expect(pair.b.gradient.scalars == [4])
    #expect(pair.clipGradients(toNorm: 1) == 5)
    #expect(mismatch("a", pair.a.gradient.scalars, [0.6, 0], tolerance: 1e-15) == nil)
    pair.clearGradients()
    #expect(pair.gradientNorm == 0)
    #expect(pair.parameterCount == 3)
  }
}
