import Tensors

/// Changes bytes by chance, the same way each time.
public struct Mutator {
  private var random: RandomStream
  /// What stands in files of the kind, to be put in anywhere.
  private let words: [[UInt8]]

  public init(_ name: String, seed: Int = 1, words: [String] = []) {
    random = RandomStream(seed: UInt64(truncatingIfNeeded: seed), name: "mutations/\(name)")
    self.words = words.map { Array($0.utf8) }
  }

  /// A number from 0 to below `count`; 0 if that is 0.
  public mutating func draw(_ count: Int) -> Int {
    min(Int(random.nextUnit() * Double(count)), max(count - 1, 0))
  }

  /// One of several.
  public mutating func draw<Element>(of elements: [Element]) -> Element { elements[draw(elements.count)] }

  /// Bytes, changed in one to four places; some of them go on as `other` does.
  public mutating func mutated(_ bytes: [UInt8], or other: [UInt8] = []) -> [UInt8] {
    var bytes = bytes
    if !other.isEmpty && draw(16) == 0 {
      bytes.removeLast(bytes.count - draw(bytes.count))
      bytes += other[draw(other.count)...]
    }
    for _ in 0...draw(4) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = draw(bytes.count)
    let end = min(place + 1 + draw(16), bytes.count)
    switch draw(16) {
    case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(draw(8))
    case 1 where !bytes.isEmpty: bytes[place] = draw(of: [0, 1, 0x7F, 0x80, 0xFF, 39, 44, 57])
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: draw(bytes.count))
    case 4: bytes.removeLast(bytes.count - place)
    case 5: for index in place..<end { bytes[index] = 0xFF }
    case 6: for index in place..<end { bytes[index] = 57 }
    case 7, 8, 9: putNumber(in: &bytes, at: place)
    case 10, 11: putDigits(in: &bytes, at: place)
    case 12, 13:
      let word = words.isEmpty ? [0] : draw(of: words)
      bytes.replaceSubrange(place..<(draw(2) == 0 ? place : end), with: word)
    // What is nested, or read as long as it goes on.
    case 14 where draw(64) == 0 && !bytes.isEmpty:
      bytes.insert(contentsOf: [UInt8](repeating: bytes[place], count: 1 << (4 + draw(13))), at: place)
    default: bytes.insert(UInt8(draw(256)), at: place)
    }
  }

  /// A number at which something ends, of what has so many bytes.
  public mutating func edge(of count: Int, was old: Int = 0) -> Int {
    switch draw(4) {
    case 0: draw(of: [0, 1, 2, count - 1, count, count + 1, old &- 1, old &+ 1, old &* 2])
    case 1: (1 << draw(63)) - draw(2)
    case 2: draw(of: [-1, .max, .min, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFE, 0x7FFF_FFFF, 0x8000_0000])
    default: draw(count + 2)
    }
  }

  /// Makes some bytes a number, in either order.
  private mutating func putNumber(in bytes: inout [UInt8], at place: Int) {
    let size = 1 << draw(4)
    guard place + size <= bytes.count else { return }
    let isBigEndian = draw(2) == 0
    let places = isBigEndian ? Array((place..<place + size).reversed()) : Array(place..<place + size)
    let old = places.reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    let number = edge(of: bytes.count, was: old)
    for (digit, place) in places.enumerated() { bytes[place] = UInt8(truncatingIfNeeded: number >> (8 * digit)) }
  }

  /// Makes the next digits another number.
  private mutating func putDigits(in bytes: inout [UInt8], at place: Int) {
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let old = Int(String(decoding: bytes[start..<end], as: UTF8.self)) ?? 0
    let text =
      draw(4) == 0
      ? draw(of: [
        "nan", "1e999", "-1e-999", "inf", "1e308", "-0", "0x10", "1_0", "", "18446744073709551616", "٣", "1.5",
      ])
      : String(edge(of: bytes.count, was: old))
    bytes.replaceSubrange(start..<end, with: Array(text.utf8))
  }
}
