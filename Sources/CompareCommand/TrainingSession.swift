import Harness
import Tensors

/// Training that a command asks for: in a folder that is waited for, with its progress on the screen, until it is over or stopped.
struct TrainingSession {
  let directory: ResultsDirectory
  let display: ProgressDisplay
  let interruption: Interruption
  private let request: Request

  /// Opens the folder to record in; while another program keeps it locked, that is said, and Ctrl-C or the time limit ends
  /// the wait.
  init(in path: String, _ request: Request) throws {
    let display = ProgressDisplay(isQuiet: request.quiet)
    let interruption = Interruption(first: display.announceStop, second: display.clear)
    let wait = LockWait(begin: display.insist) {
      if interruption.isRequested { throw HarnessError.interrupted }
      if request.timeLimit?.isOver ?? false { throw HarnessError.outOfTime }
    }
    do {
      directory = try ResultsDirectory(path: path, whileLocked: wait)
    } catch {
      display.clear()
      guard case HarnessError.interrupted = error else { throw error }
      CompareCommand.fail(HarnessError.interrupted.description, interruption.exitCode)
    }
    (self.display, self.interruption, self.request) = (display, interruption, request)
    if let limit = request.timeLimit { display.remark("Training ends within \(timeText(limit.seconds)).") }
  }

  /// Trains what is not recorded; others see that this program is at work in the folder.
  func train(
    _ trainings: [Training], recording: @escaping @Sendable (Training) -> Set<String>,
    show: (Comparison.Event) -> Void
  ) throws {
    let use = FolderUse(of: directory.path)
    defer {
      display.clear()
      withExtendedLifetime(use) {}
    }
    if use.isShared {
      display.say(
        "Another program is at work in \(directory.path): a run that both have begun is trained twice. --task I/N divides a grid."
      )
    }
    try Comparison(trainings, in: directory, recording: recording).run(
      jobs: request.jobs, threads: request.threads, force: request.force, within: request.timeLimit
    ) { event in
      if case .planned(_, _, let fit?) = event { StandardStream.errors.write("\(fit.text)\n") }
      show(event)
      return !interruption.isRequested
    }
  }

  /// Ends the program where Ctrl-C or the time limit ended the training, with what is left.
  func stop(
    _ error: any Error, _ trainings: [Training], recording: @Sendable (Training) -> Set<String>
  ) throws -> Never {
    guard let error = error as? HarnessError, [.interrupted, .outOfTime].contains(error) else { throw error }
    let isInterrupted = error == .interrupted
    let left = try directory.missing(of: trainings, recording: recording).count
    let count = "\(trainings.count - left) of \(trainings.count) runs are recorded, and the same command goes on."
    CompareCommand.fail(
      // What is to be trained anew is recorded before, too.
      request.force ? error.description : "\(isInterrupted ? "interrupted" : "the time limit is over"); \(count)",
      isInterrupted ? interruption.exitCode : error.exitCode)
  }
}
