import Claims
import Foundation
import Harness
import Tensors

/// The program that trains models which differ in their normalization layers, and compares them.
///
/// A package with a normalizer of its own has the whole program with it:
///
/// ```swift
/// import CompareCommand
/// import Harness
///
/// CompareCommand.main(normalizers: NormalizerChoice.all + [NormalizerChoice("mine") { MyNorm(channels: $0.channels) }])
/// ```
public enum CompareCommand {
  /// Does what the command line asks for, and ends the program with the exit code of `sysexits.h` that fits.
  public static func main(
    normalizers: [NormalizerChoice] = NormalizerChoice.all, models: [ModelRecipe] = ModelRecipe.all,
    claims: [any Claim] = Literature.claims
  ) -> Never {
    StandardStream.prepare()
    let catalogue = Catalogue(normalizers: normalizers, models: models)
    for (place, claim) in claims.enumerated() {
      require(
        Catalogue.isName(claim.name) && !claims[..<place].contains { $0.name == claim.name },
        "A claim has a name of its own, a word that is not 'all'; one of \(claims.map(\.name)) is '\(claim.name)'.")
    }
    do {
      switch try Command(Array(CommandLine.arguments.dropFirst()), catalogue, claims) {
      case .help: write(Command.helpText(catalogue))
      case .helpOfClaims: write(Command.helpTextOfClaims(catalogue, claims))
      case .helpOfVerb(let verb): write(Command.helpText(of: verb, catalogue))
      case .version: write("\(programName) \(packageVersion)")
      case .columns: write(ColumnGuide.text)
      case .schema: write(PlanSchema(catalogue).text)
      case .completion(let shell): write(shell.script(Option.all(catalogue), claims))
      case .compare(let request): try compare(request)
      case .show(let request): try show(request)
      case .claims(let request): try ask(claims, request)
      case .merge(let request): try merge(request)
      }
    } catch let error as HarnessError {
      fail(error.description, error.exitCode)
    } catch {
      fail("\(error)", EXIT_FAILURE)
    }
    if let failure = StandardStream.output.failure { fail(failure.message, failure.exitCode) }
    exit(EXIT_SUCCESS)
  }

  static func write(_ text: String) {
    StandardStream.output.write(text + "\n")
  }

  static func fail(_ message: String?, _ code: Int32) -> Never {
    if let message { StandardStream.errors.write("\(programName): \(message)\n") }
    exit(code)
  }
}
