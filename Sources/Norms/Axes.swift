/// The axes over which a normalizer averages.
///
/// Every input is seen as four labelled axes. The channels are `groups` runs of equal length: `group` says
/// which run, `channel` which place within it. `position` is everything else: height × width, or time.
public struct Axes: OptionSet, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: Int

  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// The samples of a mini-batch.
  public static let batch = Axes(rawValue: 1)
  /// The groups that the channels are divided into.
  public static let group = Axes(rawValue: 2)
  /// The channels within a group.
  public static let channel = Axes(rawValue: 4)
  /// Height × width, or time.
  public static let position = Axes(rawValue: 8)

  /// The names of the axes: `batch, position`.
  public var description: String {
    let names = zip(Self.inOrder, ["batch", "group", "channel", "position"]).filter { contains($0.0) }.map(\.1)
    return names.isEmpty ? "no axes" : names.joined(separator: ", ")
  }

  /// The order in which statistics are numbered.
  static let inOrder: [Axes] = [.batch, .group, .channel, .position]
}
