import CompareCommand

@main
enum Main {
  static func main() {
    CompareCommand.main()
  }
}
