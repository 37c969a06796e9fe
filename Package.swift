// swift-tools-version: 6.2
import PackageDescription

// `swift run` and `swift test` build for debugging, which is hundreds of times too slow for arithmetic, so
// the targets that compute are always optimized. Vector code follows the instruction set of this very
// machine; with NORMS_PORTABLE=1 it follows x86-64-v3 (AVX2 and FMA), with the same numbers.
//
// What is `package` is inlined into other modules only where testing is enabled, which a release build does not do by
// itself: small inputs then took up to seven times as long.
#if arch(x86_64)
  let instructionSet =
    Context.environment["NORMS_PORTABLE"] == "1" ? ["-Xcc", "-march=x86-64-v3"] : ["-Xcc", "-march=native"]
#else
  let instructionSet: [String] = []
#endif

let settings: [SwiftSetting] = [
  .unsafeFlags(["-O", "-wmo", "-num-threads", "2", "-disable-batch-mode", "-enable-testing"] + instructionSet)
]

/// Targets that only ask and tell are optimized for release alone: optimizing takes most of their first build, and a run
/// is as fast without.
let unoptimizedForDebugging: [SwiftSetting] = [.unsafeFlags(instructionSet)]

/// The tests of a module.
///
/// Whatever they import is named: what is not, the package manager does not build again
/// when it changes, and code for the old layout of a type would corrupt memory.
func tests(_ module: String, _ others: Target.Dependency...) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.init(stringLiteral: module), "TestSupport"] + others,
    swiftSettings: settings)
}

let package = Package(
  name: "Norms",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "Norms", targets: ["Norms"]),
    .library(name: "Layers", targets: ["Layers"]),
    .library(name: "CNN", targets: ["CNN"]),
    .library(name: "RNN", targets: ["RNN"]),
    .library(name: "MLP", targets: ["MLP"]),
    .library(name: "Harness", targets: ["Harness"]),
    .library(name: "Claims", targets: ["Claims"]),
    .library(name: "CompareCommand", targets: ["CompareCommand"]),
    .executable(name: "compare", targets: ["compare"]),
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "Tensors", swiftSettings: settings),
    .target(name: "Norms", dependencies: ["Tensors"], swiftSettings: settings),
    .target(name: "Layers", dependencies: ["Tensors", "Norms"], swiftSettings: settings),
    .target(name: "CNN", dependencies: ["Tensors", "Norms", "Layers"], swiftSettings: settings),
    .target(name: "RNN", dependencies: ["Tensors", "Norms", "Layers"], swiftSettings: settings),
    .target(name: "MLP", dependencies: ["Tensors", "Norms", "Layers"], swiftSettings: settings),
    .target(
      name: "Harness", dependencies: ["Tensors", "Norms", "Layers", "CNN", "RNN", "MLP", "CZlib"],
      resources: [.copy("Resources/digits")], swiftSettings: settings),
    .target(name: "Claims", dependencies: ["Tensors", "Norms", "Layers", "Harness"], swiftSettings: settings),
    .target(
      name: "CompareCommand", dependencies: ["Tensors", "Harness", "Claims"], swiftSettings: unoptimizedForDebugging),
    .executableTarget(name: "compare", dependencies: ["CompareCommand"], swiftSettings: unoptimizedForDebugging),
    .executableTarget(
      name: "bench", dependencies: ["Tensors", "Norms", "Layers", "CNN", "RNN"], path: "Benchmarks/bench",
      swiftSettings: settings),
    .executableTarget(
      name: "coverage", dependencies: ["Tensors", "Harness"], path: "Benchmarks/coverage", swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["Tensors", "Norms", "Layers"], path: "Tests/Support", swiftSettings: settings),
    tests("Tensors"),
    tests("Norms", "Tensors"),
    tests("Layers", "Tensors"),
    tests("CNN", "Tensors", "Norms", "Layers"),
    tests("RNN", "Tensors", "Norms", "Layers"),
    tests("MLP", "Tensors", "Norms", "Layers"),
    tests("Harness", "Tensors", "Norms", "Layers"),
    // Those of what is read are built apart: they alone are needed to look for what breaks it.
    .testTarget(
      name: "DataTests", dependencies: ["Harness", "Tensors", "Norms", "Layers", "CZlib", "TestSupport"],
      swiftSettings: settings),
    tests("Claims", "Tensors", "Norms", "Layers", "Harness"),
    .testTarget(
      name: "ReferenceTests", dependencies: ["Tensors", "Norms", "Layers", "CNN", "RNN", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ModelTests", dependencies: ["Tensors", "Norms", "Layers", "CNN", "RNN", "MLP", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "DoorTests", dependencies: ["Tensors", "Norms", "Layers", "CNN", "RNN", "MLP", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "CompareCommandTests",
      dependencies: ["compare", "CompareCommand", "Tensors", "Norms", "Harness", "TestSupport"], swiftSettings: settings
    ),
  ],
  swiftLanguageModes: [.v6]
)
