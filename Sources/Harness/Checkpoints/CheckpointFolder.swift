import Foundation
import Tensors

/// The checkpoints of a results folder: a file for each training that is not over, until it is recorded.
struct CheckpointFolder: Sendable {
  let path: String

  private static let suffix = ".checkpoint"

  private func file(of group: TrainingGroup) -> CheckpointFile {
    CheckpointFile(path: "\(path)/\(group.identifier)\(Self.suffix)")
  }

  /// That of a training; `nil` if it has none.
  ///
  /// - Parameters:
  ///   - group: the training.
  ///   - processor: where its tensors are to be.
  ///   - largest: how many bytes it can have at most; what is longer is not read.
  /// - Returns: what the file has, which may be of other runs.
  /// - Throws: `HarnessError` for a file that is none.
  func checkpoint(
    of group: TrainingGroup, on processor: Processor, atMost largest: Int
  ) throws -> Checkpoint? {
    try file(of: group).read(on: processor, atMost: largest)
  }

  func isThere(of group: TrainingGroup) -> Bool { access(file(of: group).path, F_OK) == 0 }

  /// What is wrong with the file of a group.
  func flaw(_ group: TrainingGroup, _ found: String) -> HarnessError { file(of: group).flaw(found) }

  /// Writes one, in the place of an earlier one, wholly or not at all.
  func save(_ checkpoint: Checkpoint, of group: TrainingGroup) throws {
    func write() throws {
      if let reason = OutputFolder.make(path) { throw HarnessError.cannotCreate("\(path) cannot be made: \(reason).") }
      try file(of: group).write(checkpoint)
    }
    // Whoever records the last run beside this one removes the empty folder.
    do { try write() } catch { try write() }
  }

  /// Whether a kill left a file behind in the middle of writing it: nobody writes one for so long.
  private func isLeftBehind(_ name: String) -> Bool {
    var status = stat()
    return OutputFile.isBeside(name) && stat("\(path)/\(name)", &status) == 0
      && time(nil) - time_t(status.st_mtim.tv_sec) > 600
  }

  /// Removes those of runs that are recorded, and the folder after the last one.
  func remove(of recorded: [Training], except missing: [Training] = []) {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return }
    let over = Set(recorded.map(\.identifier)).subtracting(missing.map(\.identifier))
    for name in names
    where over.contains(String(OutputFile.name(of: name).prefix { $0 != "." })) || isLeftBehind(name) {
      unlink("\(path)/\(name)")
    }
    // A folder that is not empty stays.
    rmdir(path)
  }
}
