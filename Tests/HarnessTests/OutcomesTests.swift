import Tensors
import Testing

@testable import Harness

@Suite struct OutcomesTests {
  /// `base64.b64encode(numpy.packbits(bits))`.
  @Test(
    "The text is that of numpy.packbits, the first image in the highest bit",
    arguments: [("1", "gA=="), ("10101101", "rQ=="), ("00010000001", "ECA="), ("", "")])
  func text(bits: String, text: String) throws {
    let outcomes = outcomes(bits)
    #expect(outcomes.text == text)
    #expect(Outcomes(text: text, count: bits.count) == outcomes)
    #expect((0..<bits.count).map { outcomes[$0] } == outcomes.values)
    #expect(outcomes.values.map { $0 == 1 ? "1" : "0" }.joined() == bits)
  }

  @Test("What was packed comes back, of every length", arguments: [1, 7, 8, 9, 360, 10_000])
  func roundTrip(count: Int) throws {
    var random = RandomStream(seed: 1, name: "outcomes")
    let correct = (0..<count).map { _ in random.nextUnit() < 0.7 }
    let outcomes = Outcomes(correct)
    #expect(Outcomes(text: outcomes.text, count: count) == outcomes)
    #expect(outcomes.count == count && outcomes.accuracy == Double(correct.count { $0 }) / Double(count))
    #expect(outcomes.values == correct.map { $0 ? 1 : 0 })
  }

  @Test(
    "A text of another length, with bits beyond the last image or none at all is refused",
    arguments: [
      ("ECA=", 8), ("ECA=", 17), ("ECA=", 10), ("ECE=", 11), ("rQ==", 0), ("rQ==", -1), ("rR==", 8), ("rQ", 8),
      ("r?==", 8), ("", 1),
    ])
  func refused(text: String, count: Int) {
    #expect(Outcomes(text: text, count: count) == nil)
  }

  @Test("Every image of a run that diverged is worth a guess")
  func guess() {
    let outcomes = Outcomes(guessing: 0.1, count: 3)
    #expect(outcomes.accuracy == 0.1 && outcomes.values == [0.1, 0.1, 0.1] && outcomes[2] == 0.1)
    #expect(outcomes.text.isEmpty && outcomes != Outcomes(guessing: 0.1, count: 4))
  }
}

/// Outcomes written as zeros and ones.
func outcomes(_ bits: String) -> Outcomes {
  Outcomes(bits.map { $0 == "1" })
}
