import Tensors

/// How an image is read as a sequence: what a time step of a recurrent network sees.
///
/// Shapes: images [N, H, W] or [N, H, W, C], sequences [N, L, D] with L·D = H·W·C; the channels of a pixel stay together.
public enum ImageSequence: String, SettingValue, CaseIterable {
  /// From the top to the bottom, a row at each step.
  case rows
  /// As it is read, a pixel at each step (Le, Jaitly & Hinton, 2015).
  case pixels
  /// The pixels in another order, one and the same for all images.
  case permutedPixels = "permuted-pixels"

  /// The time steps of a sequence: as many as are asked for, or, of 0, one for each row or for each pixel.
  func steps(_ asked: Int, height: Int, width: Int) -> Int {
    guard asked == 0 else { return asked }
    return self == .rows ? height : height * width
  }

  /// The pixels of each time step.
  func inputs(steps: Int, height: Int, width: Int) -> Int {
    height * width / self.steps(steps, height: height, width: width)
  }

  /// Images as sequences of `steps` runs of equal length; of 0, as many as there are rows or pixels.
  func sequences(of images: Tensor<Float>, steps: Int) -> Tensor<Float> {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let channels = images.count / (count * height * width)
    var values = images.reshaped(to: [count, height * width * channels])
    if self == .permutedPixels {
      values = values.rearranged(
        Self.permutation(of: height * width).flatMap { pixel in (0..<channels).map { pixel * channels + $0 } })
    }
    let steps = self.steps(steps, height: height, width: width)
    return values.reshaped(to: [count, steps, height * width / steps * channels])
  }

  /// The order of the permuted pixels: of so many, the same in every run.
  static func permutation(of pixels: Int) -> [Int] {
    var stream = RandomStream(seed: 0, purpose: "permuted-pixels")
    return stream.permutation(of: pixels)
  }

  /// What is wrong with so many time steps: they must divide the pixels.
  static func flaw(ofSteps steps: Int, _ data: Dataset) -> String? {
    let pixels = data.height * data.width
    guard steps > 0, pixels % steps != 0 else { return nil }
    let divisors = (1...pixels).filter { pixels % $0 == 0 }.map(String.init).joined(separator: ", ")
    return "--time-steps \(steps) does not divide the \(pixels) pixels of \(data.name); \(divisors) do."
  }
}

extension Setting where Value == ImageSequence {
  public static let sequence = Setting(
    "sequence", "what the rnn reads an image as, from step to step", standard: .rows, isOfEveryModel: false)
}

extension Setting where Value == Int {
  public static let timeSteps = Setting(
    "time-steps", "steps of equal length that the rnn reads an image in; 0 for one for each row, or for each pixel",
    .integers(0...1_000_000), standard: 0, isOfEveryModel: false)
}
