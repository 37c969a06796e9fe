import Foundation

/// How the learning rate changes over a run.
public enum Schedule: String, SettingValue, CaseIterable {
  case constant
  /// Half a cosine, from the rate to 0 (Loshchilov & Hutter, 2017).
  case cosine
  /// A tenth after half of the steps, a hundredth after three quarters (as He et al., 2016, train on CIFAR-10).
  case step

  /// The factor on the rate at a step, counted from 0; the first `warmUp` steps rise in a line to 1 (Goyal et al., 2017).
  public func factor(step: Int, of steps: Int, warmUp: Int) -> Double {
    if step < warmUp { return Double(step + 1) / (Double(warmUp) + 1) }
    let progress = Double(step - warmUp) / Double(max(steps - warmUp, 1))
    return switch self {
    case .constant: 1
    case .cosine: (1 + cos(.pi * progress)) / 2
    case .step: progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : 0.01
    }
  }
}

extension Setting where Value == Schedule {
  public static let schedule = Setting(
    "schedule",
    "how the learning rate changes: step is a tenth after half of the steps, a hundredth after three quarters",
    standard: .constant)
}

extension Setting where Value == Int {
  public static let warmUp = Setting(
    "warm-up", "steps in which the learning rate rises to its value", .integers(0...Int.max), standard: 0)
}
