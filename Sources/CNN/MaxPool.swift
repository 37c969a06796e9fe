import Tensors

/// The largest value of each 2×2 window of a channels-last image; an odd last row or column is left out.
public enum MaxPool {
  /// [N, H, W, C] → [N, ⌊H/2⌋, ⌊W/2⌋, C].
  public static func forward<Scalar>(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
    input.maxPooled()
  }

  /// The gradient of the input; of equal values in a window, the first takes it all.
  ///
  /// Where a rectifier made the input, `rectified` gives the gradient before that, in the same pass.
  public static func backward<Scalar>(
    _ gradient: Tensor<Scalar>, input: Tensor<Scalar>, output: Tensor<Scalar>, rectified: Bool = false
  ) -> Tensor<Scalar> {
    input.maxPooledGradient(gradient, output: output, rectified: rectified)
  }
}
