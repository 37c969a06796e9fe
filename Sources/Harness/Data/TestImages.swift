/// What a model is tested on: the test images, changed or not, or those that it was trained on.
///
/// Levels are changed before they are standardized as the training images were.
public enum TestImages: String, SettingValue, CaseIterable {
  case test
  /// The images trained on: what is lost from these to the test images is the gap of generalization.
  case train
  /// 255 less the level.
  case inverted
  /// Half the level.
  case dimmed
  /// The level and 64, also above 255.
  case brightened
  /// The colour turned by a third of a circle: red is green, green blue, blue red.
  case repainted

  func level(_ level: Double) -> Double {
    switch self {
    case .test, .train, .repainted: level
    case .inverted: 255 - level
    case .dimmed: level / 2
    case .brightened: level + 64
    }
  }

  /// What the levels are multiplied with in each channel of paint.
  func weights(of paint: Paint) -> [Double] {
    let weights = paint.weights
    return self == .repainted ? Array(weights.suffix(1) + weights.dropLast()) : weights
  }
}

extension Setting where Value == TestImages {
  public static let testImages = Setting(
    "test-images", "images to test on: those of the test set, as they are or changed, or those trained on",
    standard: .test, isOfEvaluation: true)
}

extension Setting where Value == Int {
  public static let testLimit = Setting(
    "test-limit", "images to test on, from all classes alike; 0 for all", .integers(0...Int.max), standard: 0,
    isOfEvaluation: true, applies: { run, _ in run[.testImages] != .train })
}
