import Foundation

/// Waits until the disk has the names in the folder of a file: one that took another's place has it after a power cut, too.
///
/// Some network file systems know no such thing, and then nothing is waited for.
func syncFolder(of file: String) {
  let folder = open(URL(fileURLWithPath: file).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard folder >= 0 else { return }
  fsync(folder)
  close(folder)
}
