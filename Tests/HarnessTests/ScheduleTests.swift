import Foundation
import Testing

@testable import Harness

@Suite struct ScheduleTests {
  @Test("Without warm-up the factors are those of the plain formulas")
  func plain() {
    for step in 0..<100 {
      let progress = Double(step) / 100
      #expect(Schedule.constant.factor(step: step, of: 100, warmUp: 0) == 1)
      let cosine = Schedule.cosine.factor(step: step, of: 100, warmUp: 0)
      #expect(abs(cosine - pow(cos(Double.pi * progress / 2), 2)) < 1e-15)
      let expected = step < 50 ? 1 : step < 75 ? 0.1 : 0.01
      #expect(Schedule.step.factor(step: step, of: 100, warmUp: 0) == expected)
    }
    #expect(Schedule.cosine.factor(step: 0, of: 100, warmUp: 0) == 1)
  }

  @Test("Warm-up rises in a line, and what follows begins behind it", arguments: Schedule.allCases)
  func warmUp(schedule: Schedule) {
    let factors = (0..<24).map { schedule.factor(step: $0, of: 24, warmUp: 4) }
    #expect(zip(factors, [0.2, 0.4, 0.6, 0.8]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(factors.dropFirst(4) == (0..<20).map { schedule.factor(step: $0, of: 20, warmUp: 0) }[...])
  }

  @Test("A run that is all warm-up has no end to fall to", arguments: Schedule.allCases)
  func short(schedule: Schedule) {
    for steps in 0..<4 {
      #expect(schedule.factor(step: 3, of: steps, warmUp: 3) == 1)
      #expect(schedule.factor(step: 2, of: steps, warmUp: 3) == 0.75)
    }
    #expect(schedule.factor(step: 0, of: 1, warmUp: 0) == 1)
  }
}
