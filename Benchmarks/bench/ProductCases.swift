import Tensors

/// What the models spend their time in, each alone: no bias, no activation.
extension Case {
  /// A·B, of [M, K] and [K, N].
  static func product(rows: Int, inner: Int, columns: Int) -> Case {
    let name = "product/\(title([rows, inner, columns]))"
    return Case(name: name, costs: [.product(rows, inner, columns)]) { processor in
      let (a, b) = (random([rows, inner], 1, on: processor), random([inner, columns], 2, on: processor))
      return Work {
        Check.product(a.times(b), of: a, b)
      } run: {
        _ = a.times(b)
      }
    }
  }

  /// Aᵀ·B, of [R, M] and [R, N]: the gradient of weights.
  static func gradient(summed: Int, rows: Int, columns: Int) -> Case {
    let name = "gradient/\(title([summed, rows, columns]))"
    return Case(name: name, costs: [.product(rows, summed, columns)]) { processor in
      let (a, b) = (random([summed, rows], 1, on: processor), random([summed, columns], 2, on: processor))
      return Work {
        Check.product(a.transposedTimes(b), of: a, transposed: true, b)
      } run: {
        _ = a.transposedTimes(b)
      }
    }
  }

  /// A 3×3 convolution of [N, H, W, C] to [N, H, W, K]; with C and K exchanged, also the gradient of an input.
  static func convolution(_ geometry: ConvolutionGeometry) -> Case {
    Case(name: "convolution/\(title(geometry.extents))", costs: [.convolution(geometry)]) { processor in
      let image = random(geometry.image(geometry.inputChannels), 1, on: processor)
      let weights = random([geometry.patch, geometry.outputChannels], 2, on: processor)
      return Work {
        Check.convolution(image.convolved(with: weights, geometry), of: image, weights, geometry)
      } run: {
        _ = image.convolved(with: weights, geometry)
      }
    }
  }

  /// The gradient of the weights of such a convolution.
  static func convolutionGradient(_ geometry: ConvolutionGeometry) -> Case {
    Case(name: "convolution-gradient/\(title(geometry.extents))", costs: [.convolution(geometry)]) { processor in
      let image = random(geometry.image(geometry.inputChannels), 1, on: processor)
      let upstream = random(geometry.image(geometry.outputChannels), 2, on: processor)
      return Work {
        Check.convolutionGradient(
          image.convolutionWeightGradient(upstream, geometry), of: image, upstream, geometry)
      } run: {
        _ = image.convolutionWeightGradient(upstream, geometry)
      }
    }
  }
}

extension ConvolutionGeometry {
  /// As a name has them: N, H, W, C, K.
  fileprivate var extents: [Int] { [batch, height, width, inputChannels, outputChannels] }

  fileprivate func image(_ channels: Int) -> [Int] { [batch, height, width, channels] }
}
