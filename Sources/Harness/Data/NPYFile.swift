import Tensors

/// An array in the format of NumPy: a header, then the values.
enum NPYFile {
  /// Numbers that a model can be given, and a label for each sample.
  ///
  /// That they belong together is known before they are read: a small archive can hold more zeros than memory.
  static func part(
    values: some ByteReader, labels: some ByteReader, within memory: DataMemory
  ) throws -> StoredData.Part {
    let header = try NPYHeader(reading: values)
    let type = try type(of: header, values.name)
    let count = try count(header, values)
    let labelHeader = try labelHeader(labels)
    _ = try StoredArray.samples(of: header.shape, in: values.name)
    try StoredLabels.check(labelHeader.shape[0], of: labels.name, for: header.shape[0], in: values.name)
    let isReordered = header.isFortran && header.shape.count > 1
    let (doubled, overflow) = count.multipliedReportingOverflow(by: isReordered ? 2 : 1)
    try memory.check(overflow ? .max : doubled, for: values.name)
    try memory.check(self.count(labelHeader, labels), for: labels.name)
    let array = StoredArray(
      name: values.name, shape: header.shape, type: type, bytes: try bytes(header, count, values))
    return StoredData.Part(values: array, labels: try self.labels(labelHeader, labels))
  }

  private static func type(of header: NPYHeader, _ name: String) throws -> StoredScalar {
    let types: [StoredScalar] =
      header.kind == "u" ? [.uint8] : header.kind == "f" ? [.float16, .float32, .float64] : []
    guard let type = types.first(where: { $0.size == header.size }) else {
      throw HarnessError.badData(
        file: name, found: header.typeName, expected: "uint8, float16, float32 or float64 (astype makes them so)"
      )
    }
    return type
  }

  private static func isNumber(_ header: NPYHeader) -> Bool {
    ["u", "i"].contains(header.kind) && [1, 2, 4, 8].contains(header.size)
  }

  private static func labelHeader(_ reader: some ByteReader) throws -> NPYHeader {
    let header = try NPYHeader(reading: reader)
    guard isNumber(header) || (["U", "S"].contains(header.kind) && header.size > 0) else {
      throw HarnessError.badData(
        file: reader.name, found: "labels of \(header.typeName)",
        expected: "integers or words (for the classes of an array of one row a sample, argmax(axis=1))")
    }
    guard header.shape.count == 1 || (header.shape.count == 2 && header.shape[1] == 1) else {
      throw HarnessError.badData(
        file: reader.name, found: "labels of shape \(StoredArray.text(header.shape))", expected: "[N], a label a sample"
      )
    }
    return header
  }

  /// Integers, or words.
  private static func labels(_ header: NPYHeader, _ reader: some ByteReader) throws -> StoredLabels {
    let bytes = try bytes(header, count(header, reader), reader)
    let cells = stride(from: 0, to: bytes.count, by: header.size).lazy.map { bytes[$0..<$0 + header.size] }
    guard isNumber(header) else {
      let words = try cells.map { cell in
        guard let word = header.kind == "U" ? Self.text(cell) : Self.bytes(cell) else {
          throw HarnessError.badData(
            file: reader.name, found: "a label of bytes that are no text", expected: "words in UTF-8, or numbers")
        }
        return word
      }
      return StoredLabels(name: reader.name, values: .words(words))
    }
    return StoredLabels(
      name: reader.name,
      values: .integers(
        try cells.map { cell in
          let bits = cell.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
          let free = 64 - 8 * header.size
          if header.kind == "i" { return Int(Int64(bitPattern: bits << free) >> free) }
          guard let number = Int(exactly: bits) else {
            throw HarnessError.badData(file: reader.name, found: "a label \(bits)", expected: "labels below 2⁶³")
          }
          return number
        }))
  }

  /// The bytes that a header claims, of which there can be as many.
  private static func count(_ header: NPYHeader, _ reader: some ByteReader) throws -> Int {
    let count = header.shape.reduce(header.size) { product, extent in
      let (result, overflow) = product.multipliedReportingOverflow(by: extent)
      return overflow ? .max : result
    }
    // Extents of 0 hide others that no memory would have room for.
    guard header.shape.allSatisfy({ $0 > 0 }) else {
      throw HarnessError.badData(
        file: reader.name, found: "an array of shape \(StoredArray.text(header.shape))", expected: "at least one value")
    }
    guard count <= reader.most else {
      throw HarnessError.badData(
        file: reader.name, found: "\(reader.most) bytes after the header at the most",
        expected: claim(count, header))
    }
    return count
  }

  private static func claim(_ count: Int, _ header: NPYHeader) -> String {
    "the \(count == .max ? "more than 2⁶³" : "\(count)") of \(StoredArray.text(header.shape)) \(header.typeName)"
  }

  /// The values in row-major order and the byte order of this machine.
  private static func bytes(_ header: NPYHeader, _ count: Int, _ reader: some ByteReader) throws -> [UInt8] {
    let claim = claim(count, header)
    var bytes = try reader.read(upTo: count)
    guard bytes.count == count else {
      throw HarnessError.badData(file: reader.name, found: "\(bytes.count) bytes after the header", expected: claim)
    }
    guard try reader.read(upTo: 1).isEmpty else {
      throw HarnessError.badData(file: reader.name, found: "more bytes after the header", expected: claim)
    }
    let unit = header.kind == "U" ? 4 : header.kind == "S" ? 1 : header.size
    if header.isBigEndian && unit > 1 { swap(&bytes, unit) }
    guard header.isFortran && header.shape.count > 1 else { return bytes }
    var steps = [1]
    for extent in header.shape.dropLast() { steps.append(steps[steps.count - 1] * extent) }
    return StoredArray.reordered(bytes[...], shape: header.shape, steps: steps, size: header.size)
  }

  /// Turns the bytes of each unit around.
  private static func swap(_ bytes: inout [UInt8], _ unit: Int) {
    for start in stride(from: 0, to: bytes.count, by: unit) {
      for byte in 0..<unit / 2 { bytes.swapAt(start + byte, start + unit - 1 - byte) }
    }
  }

  /// Characters of a byte, or of several in UTF-8; what follows the word are zeros.
  private static func bytes(_ cell: ArraySlice<UInt8>) -> String? {
    String(validating: cell.reversed().drop { $0 == 0 }.reversed(), as: UTF8.self)
  }

  /// Characters of four bytes each; what follows the word are zeros.
  private static func text(_ cell: ArraySlice<UInt8>) -> String? {
    var text = String.UnicodeScalarView()
    for start in stride(from: cell.startIndex, to: cell.endIndex, by: 4) {
      let code = cell[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if code == 0 { break }
      guard let character = Unicode.Scalar(code) else { return nil }
      text.append(character)
    }
    return String(text)
  }
}
