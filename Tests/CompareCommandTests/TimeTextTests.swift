import Testing

@testable import CompareCommand

@Suite struct TimeTextTests {
  @Test(
    "A time is what people and Slurm write",
    arguments: [
      ("90", 90.0), ("90s", 90), ("1.5m", 90), ("15m", 900), ("1h30m", 5400), ("2h", 7200), ("1d", 86400),
      ("1d2h3m4s", 93784), ("0.5s", 0.5), ("30:00", 1800), ("90:05", 5405), ("2:30:00", 9000), ("02:03:04", 7384),
      ("1-12", 129_600), ("1-12:30", 131_400), ("1-00:00:00", 86400), ("0-0:0:1", 1),
    ])
  func seconds(text: String, seconds: Double) {
    #expect(TimeText.seconds(text) == seconds)
  }

  @Test(
    "Anything else is none",
    arguments: [
      "", " ", "0", "0s", "-1", "+1", "1e3", "nan", "inf", "0x10", "s", "1h1h", "30m1h", "1h30", "1.2.3", "2w", "1 h",
      "1H",
      ":30", "1:", "1:60", "1:2:60", "1:60:2", "1:2:3:4", "1-", "-12:00", "1-24", "1-2-3", "1.5-12", "1:2.5", "1:-2",
      "+1-12",
      "1-12:00:00s", "9999999999", "99999999d", "99999999999999999999:00", "99999999999999999999-1", "１0s", "1٣",
    ])
  func none(text: String) {
    #expect(TimeText.seconds(text) == nil)
  }
}
