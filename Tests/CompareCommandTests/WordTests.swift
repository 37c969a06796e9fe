import Testing

@testable import CompareCommand

@Suite struct WordTests {
  @Test("The distance of two words is the number of edits")
  func distance() {
    #expect(editDistances("kitten", "sitting").last == 3)
    #expect(editDistances("", "abc") == [0, 1, 2, 3] && editDistances("same", "same").last == 0)
    #expect(editDistances("nrom", "norm").last == 1 && editDistances("abcd", "badc").last == 2)
  }

  @Test(
    "The nearest word takes the fewest edits, or begins like it",
    arguments: [
      ("lyer", "layer"), ("--weight-decya", "--weight-decay"), ("inst", "instance"), ("instence", "instance"),
      ("lernin", "learning"), ("--nrom", "--norm"), ("--data-dir", "--data"),
      ("--lerning-rate", "--learning-rate"),
    ])
  func near(word: String, expected: String) {
    let words = [
      "batch", "layer", "group", "instance", "learning", "--data", "--norm", "--weight-decay", "--learning-rate",
      "--init-scale",
    ]
    #expect(nearest(to: word, in: words) == expected)
  }

  @Test("Nothing is offered where nothing is near", arguments: ["--qqq", "--", "-", "--weights", "x", "--no-bars"])
  func far(word: String) {
    #expect(nearest(to: word, in: ["--init-scale", "--norm", "--learning-rate", "layer"]) == nil)
    #expect(unknown("word", word, ["--norm"]) == "Unknown word. Valid: --norm.")
  }

  @Test("Lines are as wide as they may be, and a longer word has a line of its own")
  func wrapping() {
    #expect(wrapped("one two three", width: 7) == ["one two", "three"])
    #expect(wrapped("a incomprehensibilities b", width: 8) == ["a", "incomprehensibilities", "b"])
    #expect(wrapped("", width: 8) == [""])
  }
}
