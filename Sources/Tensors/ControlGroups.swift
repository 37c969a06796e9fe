import Foundation

/// The control groups of Linux that this program is in, which limit its time and memory.
struct ControlGroups {
  /// Where the files of the system are, with a slash at its end.
  let root: String

  /// A group that limits something: the program's own, or one of those above it.
  struct Group {
    let folder: String
    /// Whether it is of the second version, where one tree has all controllers.
    let isUnified: Bool

    /// The words of a file; none if it is not there.
    func words(_ file: String) -> [Substring] {
      ((try? String(contentsOfFile: folder + file, encoding: .utf8)) ?? "").split(whereSeparator: \.isWhitespace)
    }

    /// The number behind a word.
    func number(_ file: String, after word: String) -> Double? {
      let words = words(file)
      return words.firstIndex { $0 == word }.flatMap { $0 + 1 < words.count ? Double(words[$0 + 1]) : nil }
    }
  }

  /// What is limited by nothing but what the machine has.
  static func machine(_ root: String = "/") -> Group { Group(folder: root, isUnified: false) }

  /// Those that one of the controllers, as `cpu`, has; a group is limited by all above it.
  func groups(of controller: String) -> [Group] {
    let text = (try? String(contentsOfFile: root + "proc/self/cgroup", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").flatMap { line -> [Group] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains(Substring(controller)) else { return [] }
      let path = fields[2].split(separator: "/").map(String.init)
      return (0...path.count).reversed().map { length in
        let names = (isUnified ? [] : [controller]) + path.prefix(length)
        return Group(folder: root + "sys/fs/cgroup/" + names.map { $0 + "/" }.joined(), isUnified: isUnified)
      }
    }
  }
}
