import Foundation
import Tensors

/// Changes bytes by chance, the same way each time.
///
/// `NORMS_MUTATIONS=100000` in the environment has so many inputs tried of each reader, and their memory looked at; the tests are
/// then to be run one after the other, with `--no-parallel`.
public struct Mutator {
  private static let asked = ProcessInfo.processInfo.environment["NORMS_MUTATIONS"].flatMap { Int($0) }
  public static let count = asked ?? 2000
  /// Whether there is nothing else in the process whose memory would be seen.
  public static let isAlone = asked != nil

  private var random: RandomStream

  public init(_ name: String) {
    random = RandomStream(seed: 1, name: "mutations/\(name)")
  }

  /// A number from 0 to below `count`; 0 if that is 0.
  public mutating func draw(_ count: Int) -> Int {
    min(Int(random.nextUnit() * Double(count)), max(count - 1, 0))
  }

  /// Bytes, changed in one to four places.
  public mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...draw(4) {
      let place = draw(bytes.count)
      let end = min(place + 1 + draw(16), bytes.count)
      switch draw(8) {
      case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(draw(8))
      case 1 where !bytes.isEmpty: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, 39, 44, 57][draw(8)]
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: draw(bytes.count))
      case 4: bytes.removeLast(bytes.count - place)
      case 5: for index in place..<end { bytes[index] = 0xFF }
      case 6: for index in place..<end { bytes[index] = 57 }
      default: bytes.insert(UInt8(draw(256)), at: place)
      }
    }
    return bytes
  }
}

/// The memory of this process that is in the machine's.
public enum ResidentMemory {
  /// How many bytes more than before there were at most while something was done; `nil` where the system does not say.
  public static func growth(of body: () throws -> Void) rethrows -> Int? {
    // Sets the peak to what there is now.
    let isReset = reset()
    let before = peak
    try body()
    guard isReset, let before, let after = peak else { return nil }
    return after - before
  }

  private static func reset() -> Bool {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return false }
    defer { try? file.close() }
    return (try? file.write(contentsOf: Data("5".utf8))) != nil
  }

  private static var peak: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }
}
