import Foundation
import Tensors

/// Bytes that are read one after the other: of a file, or of a part of one.
protocol ByteReader: AnyObject {
  /// What they are called in an error.
  var name: String { get }
  /// How many can be left at the most, before anything is read.
  var most: Int { get }
  /// The next `count` bytes, or as many as there are.
  func read(upTo count: Int) throws -> [UInt8]
}

/// A plain file.
///
/// Nothing is allocated but what is there to be read.
final class FileReader: ByteReader {
  let name: String
  let size: Int
  private let descriptor: Int32
  private var position = 0

  var most: Int { max(size - position, 0) }

  /// - Throws: `HarnessError.noInput` for what is not there, cannot be read or is no file; a pipe is not waited for.
  init(path: String) throws {
    name = path
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw HarnessError.noInput("\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    guard let length = Self.length(of: descriptor) else {
      close(descriptor)
      throw HarnessError.noInput("\(path) cannot be read: it is no file.")
    }
    size = length
  }

  /// The file; `nil` where there is none.
  static func ifThere(_ path: String) throws -> FileReader? {
    guard access(path, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR else { return nil }
    return try FileReader(path: path)
  }

  /// The text of a small file; `nil` for what cannot be read, is none, or is no small one.
  static func text(of path: String) -> String? {
    guard let file = try? FileReader(path: path), file.size <= 1 << 20, let bytes = try? file.read(upTo: file.size)
    else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// How many bytes an open file has; `nil` for a folder, and for a pipe, which would be waited for.
  static func length(of descriptor: Int32) -> Int? {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  deinit {
    close(descriptor)
  }

  /// Everything from `offset` on, if there is memory for it.
  func rest(from offset: Int = 0) throws -> [UInt8] {
    let size = max(size - offset, 0)
    if size >= DataMemory.smallest, let available = Processor.memoryWithSwap, size > available {
      throw HarnessError.outOfMemory(
        "\(name) has \(size >> 20) MiB, and \(available >> 20) MiB of memory are free: free some, or raise the limit of the job or container."
      )
    }
    return try read(upTo: size, at: offset)
  }

  func read(upTo count: Int) throws -> [UInt8] {
    let bytes = try read(upTo: count, at: position)
    position += bytes.count
    return bytes
  }

  /// As many as there are of the `count` bytes that begin at `offset`.
  func read(upTo count: Int, at offset: Int) throws -> [UInt8] {
    var failure: Int32 = 0
    let room = min(count, max(size - offset, 0))
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { target, made in
      while made < room {
        let got = pread(descriptor, target.baseAddress! + made, min(room - made, 1 << 30), off_t(offset + made))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { break }
        made += got
      }
    }
    guard failure == 0 else {
      throw HarnessError.noInput("\(name) cannot be read: \(String(cString: strerror(failure))).")
    }
    return bytes
  }
}
