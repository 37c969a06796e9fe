// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Positional",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Norms", path: "../..")],
  targets: [
    .executableTarget(
      name: "positional",
      dependencies: [
        .product(name: "CompareCommand", package: "Norms"), .product(name: "Harness", package: "Norms"),
        .product(name: "Norms", package: "Norms"),
      ])
  ]
)
