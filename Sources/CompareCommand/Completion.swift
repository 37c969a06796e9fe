import Claims
import Harness

/// A shell that can complete options.
enum Shell: String, CaseIterable {
  case bash, zsh, fish

  init(_ arguments: ArraySlice<String>) throws {
    let valid = Self.allCases.map(\.rawValue)
    guard let word = arguments.first else {
      throw HarnessError.usage("completion needs the name of a shell: \(valid.joined(separator: ", ")).")
    }
    guard let shell = Shell(rawValue: word), arguments.count == 1 else {
      throw HarnessError.usage(unknown("shell '\(arguments.joined(separator: " "))'", word, valid))
    }
    self = shell
  }

  /// A script that completes the options of a program, and the words that they take; all of it follows from the options.
  func script(
    _ options: [Option], _ claims: [any Claim] = Literature.claims, for program: String = programName
  ) -> String {
    let claims = (claims.map(\.name) + ["all"]).joined(separator: " ")
    let names = options.map { "--\($0.name)" } + ["--help", "--version"]
    let verbs = Verb.allCases.filter { $0 != .compare }.map(\.rawValue)
    let shells = Self.allCases.map(\.rawValue).joined(separator: " ")
    switch self {
    case .bash, .zsh:
      let function = "_" + String(program.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
      let cases = options.filter { $0.placeholder != nil }.map { option in
        var words = option.words.isEmpty ? "" : " words=\"\(option.words.joined(separator: " "))\""
        if option.takesFolder { words += " folders=1" }
        return "    --\(option.name)) takes=1\(words) ;;"
      }
      let body = """
        \(function)() {
          local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" takes="" words="" folders=""
          # bash takes --norm=batch apart at the sign.
          if [ "$word" = "=" ]; then
            word=""
          elif [ "$before" = "=" ]; then
            before="${COMP_WORDS[COMP_CWORD-2]}"
          fi
          case "$before" in
        \(cases.joined(separator: "\n"))
            completion) takes=1 words="\(shells)" ;;
          esac
          COMPREPLY=()
          if [ -n "$takes" ]; then
            # Lists: what stands before the last comma stays.
            local last="${word##*,}"
            local list="${word%"$last"}"
            if [ -n "$words" ]; then COMPREPLY+=($(compgen -P "$list" -W "$words" -- "$last")); fi
            if [ -n "$folders" ]; then COMPREPLY+=($(compgen -P "$list" -d -- "$last")); fi
          elif [ "$COMP_CWORD" = 1 ] && [ "${word#-}" = "$word" ]; then
            COMPREPLY=($(compgen -W "\(verbs.joined(separator: " "))" -- "$word"))
          elif [ "${COMP_WORDS[1]}" = merge ] && [ "${word#-}" = "$word" ]; then
            COMPREPLY=($(compgen -d -- "$word"))
          elif [ "${COMP_WORDS[1]}" = claims ] && [ "${word#-}" = "$word" ]; then
            COMPREPLY=($(compgen -W "\(claims)" -- "$word"))
          else
            COMPREPLY=($(compgen -W "\(names.joined(separator: " "))" -- "$word"))
          fi
        }
        complete -F \(function) \(program)
        """
      return self == .bash ? body : "autoload -Uz bashcompinit && bashcompinit\n" + body
    case .fish:
      let lines = options.map { option in
        // What fish appends stands behind the last comma.
        let words = option.words.isEmpty ? "" : " -a '(__fish_append , \(option.words.joined(separator: " ")))'"
        let value = option.placeholder == nil ? "" : option.takesFolder ? " -r" : " -x"
        let help = option.help.replacing("'", with: "")
        return "complete -c \(program) -l \(option.name)\(value)\(words) -d '\(help)'"
      }
      let others = [
        "complete -c \(program) -l help -d 'this text'",
        "complete -c \(program) -l version -d 'the version of the package'",
        "complete -c \(program) -n __fish_use_subcommand -f -a '\(verbs.joined(separator: " "))'",
        "complete -c \(program) -n '__fish_seen_subcommand_from completion' -f -a '\(shells)'",
        "complete -c \(program) -n '__fish_seen_subcommand_from claims' -f -a '\(claims)'",
      ]
      return (lines + others).joined(separator: "\n")
    }
  }
}
