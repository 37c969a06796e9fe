/// What a setting can be: it is read from the command line and from CSV, and written there.
public protocol SettingValue: Hashable, Sendable {
  init?(settingText: String)

  /// The one spelling of the value, from which it can be read.
  var settingText: String { get }
}

extension Int: SettingValue {
  public init?(settingText: String) { self.init(settingText) }
  public var settingText: String { description }
}

extension UInt64: SettingValue {
  public init?(settingText: String) { self.init(settingText) }
  public var settingText: String { description }
}

extension Double: SettingValue {
  public init?(settingText: String) { self.init(settingText) }
  /// The shortest decimal that reads back as the same number.
  public var settingText: String { self == 0 ? "0.0" : description }
}

extension String: SettingValue {
  public init?(settingText: String) { self = settingText }
  public var settingText: String { self }
}

extension Bool: SettingValue {
  public init?(settingText: String) {
    guard ["on", "off"].contains(settingText) else { return nil }
    self = settingText == "on"
  }
  public var settingText: String { self ? "on" : "off" }
}

extension SettingValue where Self: RawRepresentable<String> {
  public init?(settingText: String) { self.init(rawValue: settingText) }
  public var settingText: String { rawValue }
}
