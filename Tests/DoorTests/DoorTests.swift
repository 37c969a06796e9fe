import Testing

/// Whatever the public interface is given, it computes, throws, or stops with a message, never without a word.
///
/// The message holds what was found and what was expected.
/// Each wrong input has a process of its own. Under the address sanitizer, none of them may touch memory that is not its own:
///
///     swift test --sanitize=address --scratch-path .build-asan --filter Doors
@Suite("Doors", .serialized) struct Doors {
  @Test("A wrong input is answered as the table says", arguments: Door.all.indices)
  func answer(index: Int) async {
    let door = Door.all[index]
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
      Door.all[index].enter()
    }
    let happened = Door.happened(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "")
    print("\(door.entry) | \(door.input) | \(happened ?? "stops without a word")")
    #expect(door.allows(happened), "\(door.entry), \(door.input): \(happened ?? "silence")")
  }

  @Test("A trap without a message, or with another one, is allowed at no door")
  func silence() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      precondition(CommandLine.arguments.isEmpty)
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "Fatal error: no process"
    #expect(Door.happened(text) == nil)
    for door in Door.all {
      for happened in [nil, "stops: ", "stops: Index out of range", "throws E: 1", "computes nan"] {
        #expect(!door.allows(happened))
      }
    }
  }

  @Test("A number counts only where it stands alone")
  func numbers() {
    let door = Door("entry", "input", .stops("2", "[3]")) {}
    #expect(door.allows(Door.happened("x.swift:1: Fatal error: 2 are not of shape [3].\nrax 7")))
    #expect(!door.allows(Door.happened("x.swift:2: Fatal error: 12 or -2 are not of shape [3].\nrax 2")))
  }
}
