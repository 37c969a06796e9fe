/// The colour that images are painted with: three channels, each of the grey levels or black.
public enum Paint: String, SettingValue, CaseIterable {
  /// One channel of grey.
  case none
  case red, yellow, green, cyan, blue, magenta

  /// How many channels the images have.
  public var channels: Int { weights.count }

  /// What the levels are multiplied with in each channel.
  var weights: [Double] {
    switch self {
    case .none: [1]
    case .red: [1, 0, 0]
    case .yellow: [1, 1, 0]
    case .green: [0, 1, 0]
    case .cyan: [0, 1, 1]
    case .blue: [0, 0, 1]
    case .magenta: [1, 0, 1]
    }
  }
}

extension Setting where Value == Paint {
  public static let paint = Setting(
    "paint", "colour of the images: three channels, the levels in those that the colour has, 0 in the others",
    standard: .none)
}
