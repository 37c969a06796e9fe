import Foundation

/// A program in a terminal of its own, and what is to be seen there.
final class Pseudoterminal {
  private(set) var screen: ScreenModel
  private let master: Int32
  private let child: pid_t
  private var undecoded: [UInt8] = []
  /// How the program ended, as `waitpid` has it.
  private var status: Int32?

  #if canImport(Glibc)
    private static let newSession: Int32 = 0x80
  #else
    private static let newSession = POSIX_SPAWN_SETSID
  #endif

  /// Starts a program, whose standard output goes to the descriptor `output`, or to the terminal if there is none.
  init(_ arguments: [String], columns: Int, rows: Int, output: Int32? = nil) throws {
    screen = ScreenModel(columns: columns, rows: rows)
    var (master, slave) = (Int32(-1), Int32(-1))
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&master, &slave, nil, nil, &size) == 0, let name = ttyname(slave) else {
      throw POSIXError(.ENXIO)
    }
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    // The system throws away what the program wrote and nobody has read yet when a key interrupts it; whoever reads slowly would
    // see half of a drawing.
    var mode = termios()
    guard tcgetattr(slave, &mode) == 0 else { throw POSIXError(.ENXIO) }
    mode.c_lflag |= tcflag_t(NOFLSH)
    guard tcsetattr(slave, TCSANOW, &mode) == 0 else { throw POSIXError(.ENXIO) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    // Opened by the leader of a new session, the terminal becomes the one that sends it signals.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, output ?? 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    posix_spawn_file_actions_addclose(&actions, slave)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, Int16(Self.newSession | Int32(POSIX_SPAWN_SETSIGDEF)))
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var environment = ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" }
    environment["TERM"] = "xterm"
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var child = pid_t()
    let code = posix_spawn(&child, arguments[0], &actions, &attributes, argv, envp)
    close(slave)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOENT) }
    (self.master, self.child) = (master, child)
  }

  func type(_ text: String) {
    _ = Foundation.write(master, text, text.utf8.count)
  }

  func send(_ signal: Int32) {
    kill(child, signal)
  }

  func resize(columns: Int, rows: Int, _ resizing: ScreenModel.Resizing) {
    screen.resize(columns: columns, rows: rows, resizing)
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Takes what the program writes until the screen is as wished.
  ///
  /// - Returns: `false` if the program ends before that, or half a minute does.
  func see(within seconds: Double = 30, _ isThere: (ScreenModel) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while !isThere(screen) {
      var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard Date() < deadline else { return false }
      guard poll(&request, 1, 100) > 0 else { continue }
      var buffer = [UInt8](repeating: 0, count: 65536)
      let count = read(master, &buffer, buffer.count)
      guard count > 0 else { return false }
      undecoded += buffer.prefix(count)
      // A character can come in two parts.
      guard let text = String(validating: undecoded, as: UTF8.self) else { continue }
      screen.feed(text)
      undecoded = []
    }
    return true
  }

  /// The exit code, or 1000 and the signal, of the program, which is killed if it goes on for half a minute.
  func end(within seconds: Double = 30) -> Int32 {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while !hasEnded() {
      if Date() > deadline { kill(child, SIGKILL) }
      _ = see(within: 0.02) { _ in false }
    }
    _ = see(within: 0.2) { _ in false }
    let status = status ?? 0
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 1000 + status & 0x7F
  }

  func hasEnded() -> Bool {
    var status: Int32 = 0
    if self.status == nil && waitpid(child, &status, WNOHANG) == child { self.status = status }
    return self.status != nil
  }

  deinit {
    if !hasEnded() {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    close(master)
  }
}
