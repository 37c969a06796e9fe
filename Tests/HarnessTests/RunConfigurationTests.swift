import Norms
import Testing

@testable import Harness

@Suite struct RunConfigurationTests {
  @Test("What each model is trained with when nothing else is asked for")
  func defaults() {
    #expect(
      RunConfiguration.made(.cnn, "batch").oneLine
        == "model cnn, norm batch, data digits, batch-size 32, learning-rate 0.03, groups 4, width 16, depth 2, epochs 15"
    )
    #expect(
      RunConfiguration.made(.rnn, "layer", seed: 3).oneLine
        == "model rnn, norm layer, data digits, seed 3, batch-size 32, learning-rate 0.001, optimizer adam, groups 4, "
        + "activation tanh, placement time-step, width 64, depth 1, epochs 20, clip 1.0")
    #expect(RunConfiguration.made(.rnn, "batch")[.placement] == .inputPath)
    #expect(RunConfiguration.made(.cnn, "none")[.placement] == .before)
  }

  @Test("Runs that are recorded stay recorded: their names are these")
  func literalIdentifiers() throws {
    #expect(RunConfiguration.made(.cnn).identifier(fingerprint: "d0000000000000001") == "rb4175c7114f05dad")
    let dataset = try digits.get()
    #expect(dataset.fingerprintText == "d192a4eb241c84df0")
    let found = try [
      Training(.made(.cnn, "batch"), on: dataset), Training(.made(.rnn, "group", seed: 2), on: dataset),
    ].map(\.identifier)
    #expect(found == ["r5624c705c5a1bdd7", "re58d051e98330760"])
  }

  @Test("The identifier follows from every setting and the data, and from nothing else")
  func identifiers() throws {
    let base = RunConfiguration.made(.cnn)
    var identifiers = [base.identifier(fingerprint: "d1"), base.identifier(fingerprint: "d2")]
    for setting in AnySetting.all {
      var other = base
      other[setting] = try #require(otherValue(of: setting, than: base[setting]))
      #expect(setting.canonical(other[setting]) == other[setting], "\(setting.name)")
      identifiers.append(other.identifier(fingerprint: "d1"))
      other[setting] = base[setting]
      #expect(other == base && other.identifier(fingerprint: "d1") == identifiers[0])
    }
    #expect(Set(identifiers).count == AnySetting.all.count + 2)
    for identifier in identifiers {
      #expect(identifier.count == 17 && identifier.first == "r" && identifier.dropFirst().allSatisfy(\.isHexDigit))
    }
  }

  @Test("A setting at its absent value leaves the name of a run as it was before there was such a setting")
  func absent() {
    let base = RunConfiguration.made(.cnn)
    for setting in AnySetting.all where base[setting] == setting.absent {
      var run = base
      run[setting] = setting.absent
      #expect(run == base && run.identifier(fingerprint: "d1") == base.identifier(fingerprint: "d1"))
    }
    let bare = base.without(AnySetting.all)
    #expect(bare.oneLine.isEmpty && bare[.learningRate] == 0 && bare[.momentum] == 0.9 && bare[.clip] == 0)
  }

  @Test("A configuration comes back from its columns; what is none of a setting's values is named")
  func columns() {
    var run = RunConfiguration.made(.rnn, "group", seed: 7)
    run[.schedule] = .cosine
    run[.affine] = .off
    run[.weightDecay] = 0.05
    var flaw: String?
    #expect(RunConfiguration(columns: { run[$0] }, flaw: &flaw) == run && flaw == nil)
    #expect(RunConfiguration(columns: { $0.name == "momentum" ? "1.5" : run[$0] }, flaw: &flaw) == nil)
    #expect(flaw == "momentum '1.5'")
    // As version 1 wrote what was not clipped, and as a table has what it lacks.
    #expect(RunConfiguration(columns: { $0.name == "clip" ? "nan" : run[$0] }, flaw: &flaw)?[.clip] == 0)
    #expect(RunConfiguration(columns: { $0.name == "clip" ? "" : run[$0] }, flaw: &flaw)?[.clip] == 0)
  }

  @Test("What varies is what runs of one model differ in, but for what tells its normalizers apart")
  func varying() {
    let (cnn, rnn) = (RunConfiguration.made(.cnn, "batch"), RunConfiguration.made(.rnn, "layer"))
    #expect(RunConfiguration.varying(in: [cnn, rnn, .made(.cnn, "none")]).map(\.name) == [])
    #expect(
      RunConfiguration.varying(in: [cnn, rnn, cnn.with(.seed, 1), rnn.with(.clip, 0)]).map(\.name) == ["seed", "clip"])
    // Groups belong to one normalizer, and rates to all of a model.
    let group = RunConfiguration.made(.cnn, "group").with(.groups, 2)
    #expect(RunConfiguration.varying(in: [group, cnn]).isEmpty)
    #expect(RunConfiguration.varying(in: [group, group.with(.groups, 8), cnn]).map(\.name) == ["groups"])
    #expect(
      RunConfiguration.varying(in: [cnn, .made(.cnn, "none").with(.learningRate, 1)]).map(\.name) == ["learning-rate"])
  }

  @Test("What does not concern a run stands at its absent value, so that it has one name")
  func canonical() throws {
    func canonical(_ norm: String, _ change: (inout RunConfiguration) -> Void) -> RunConfiguration {
      var run = RunConfiguration.made(.cnn, norm)
      change(&run)
      return run.canonical(.cnn, choice(norm))
    }
    let (none, layer, batch) = (canonical("none") { _ in }, canonical("layer") { _ in }, canonical("batch") { _ in })
    #expect(none[.groups] == 1 && layer[.groups] == 1 && canonical("group") { $0[.groups] = 2 }[.groups] == 2)
    #expect(canonical("layer") { $0[.groups] = 2 } == layer)
    #expect(canonical("none") { $0[.placement] = .after } == none)
    #expect(canonical("layer") { $0[.placement] = .after } != layer)
    #expect(canonical("none") { $0[.epsilon] = 1 } == none && canonical("layer") { $0[.epsilon] = 1 } != layer)
    #expect(canonical("layer") { $0[.decay] = 0.5 } == layer && canonical("batch") { $0[.decay] = 0.5 } != batch)
    #expect(canonical("none") { $0[.affine] = .off } == none && canonical("batch") { $0[.affine] = .off } != batch)
    #expect(canonical("none") { $0[.dropoutPlace] = .layers } == none)
    #expect(canonical("none") { ($0[.dropout], $0[.dropoutPlace]) = (0.5, .layers) }[.dropoutPlace] == .layers)
    #expect(canonical("none") { $0[.weightDecayOf] = .all } == none)
    #expect(canonical("none") { ($0[.weightDecay], $0[.weightDecayOf]) = (0.5, .all) }[.weightDecayOf] == .all)
  }

  private func otherValue(of setting: AnySetting, than value: String) -> String? {
    switch setting.domain {
    case .words(let words): words.first { $0 != value }
    case .names: value + "x"
    case .integers(let range): String(range.lowerBound + (value == String(range.lowerBound) ? 1 : 0))
    case .numbers: ["0.5", "0.25"].first { $0 != value }
    }
  }
}
