import Foundation
import Norms
import Tensors
import Testing

@testable import Harness

@Suite struct SettingTests {
  @Test("Every setting has a name, a column and a help of its own")
  func names() {
    #expect(Set(AnySetting.all.map(\.name)).count == AnySetting.all.count)
    #expect(Set(AnySetting.all.map(\.column)).count == AnySetting.all.count)
    for setting in AnySetting.all {
      #expect(setting.column == setting.name.replacingOccurrences(of: "-", with: "_"))
      #expect(!setting.help.isEmpty && setting.help.first?.isUppercase == false && setting.help.last != ".")
      #expect(
        AnySetting.named(setting.name)?.name == setting.name && AnySetting.named(setting.column)?.name == setting.name)
      #expect(!RunRecord.columns.isEmpty && RunRecord.columns.count { $0 == setting.column } == 1)
    }
    #expect(AnySetting.named("weight") == nil)
  }

  @Test("The standard value is one of the values, in its one spelling", arguments: AnySetting.all.map(\.name))
  func standard(name: String) throws {
    let setting = try #require(AnySetting.named(name))
    #expect(setting.canonical(setting.standard) == setting.standard)
    #expect(setting.domain.contains(setting.standard))
  }

  @Test("An absent value reads back as itself, also where nobody can choose it", arguments: AnySetting.all.map(\.name))
  func absent(name: String) throws {
    let setting = try #require(AnySetting.named(name))
    var flaw: String?
    let run = RunConfiguration(columns: { $0.column == setting.column ? setting.absent : nil }, flaw: &flaw)
    #expect(flaw == nil && run?[setting] == setting.absent)
    let without = RunConfiguration(columns: { _ in nil }, flaw: &flaw)
    #expect(run == without && run?.oneLine == "")
  }

  @Test("What a setting reads it writes again in one spelling")
  func spellings() {
    let cases: [(AnySetting, String, String?)] = [
      (Setting.learningRate.erased, "1e-3", "0.001"), (Setting.learningRate.erased, "0.0010", "0.001"),
      (Setting.learningRate.erased, "0", nil), (Setting.learningRate.erased, "nan", nil),
      (Setting.learningRate.erased, "inf", nil), (Setting.learningRate.erased, "-1", nil),
      (Setting.learningRate.erased, "fast", nil), (Setting.learningRate.erased, "", nil),
      (Setting.clip.erased, "0", "0.0"), (Setting.clip.erased, "inf", nil), (Setting.clip.erased, "-0.1", nil),
      (Setting.momentum.erased, "0", "0.0"), (Setting.momentum.erased, "1", nil), (Setting.momentum.erased, "nan", nil),
      (Setting.validation.erased, ".2", "0.2"), (Setting.validation.erased, "1", nil),
      (Setting.batchSize.erased, "032", "32"), (Setting.batchSize.erased, "+8", "8"),
      (Setting.batchSize.erased, "0", nil), (Setting.batchSize.erased, "1.5", nil),
      (Setting.groups.erased, "4097", nil), (Setting.groups.erased, "4096", "4096"), (Setting.groups.erased, "0", nil),
      (Setting.epochs.erased, "100001", nil), (Setting.epochs.erased, "100000", "100000"),
      (Setting.seed.erased, "-1", nil), (Setting.seed.erased, "9223372036854775807", "9223372036854775807"),
      (Setting.affine.erased, "off", "off"), (Setting.affine.erased, "true", nil),
      (Setting.schedule.erased, "cosine", "cosine"), (Setting.schedule.erased, "Cosine", nil),
      (Setting.placement.erased, "input-path", "input-path"), (Setting.placement.erased, "inputPath", nil),
      (Setting.dropout.erased, "1", nil), (Setting.dropout.erased, "0.5", "0.5"),
      (Setting.norm.erased, "mine", "mine"), (Setting.norm.erased, "", nil),
    ]
    for (setting, text, expected) in cases {
      #expect(setting.canonical(text) == expected, "\(setting.name) \(text)")
    }
  }

  @Test("A value read from text is the one written, bit for bit", arguments: [0.1, 1e-300, 1.0 / 3, 5e22, 3, 1e16])
  func numbers(value: Double) {
    let run = RunConfiguration.made().with(.learningRate, value)
    #expect(run[.learningRate] == value && Double(settingText: run[Setting.learningRate.erased]) == value)
  }

  @Test("Words are those of their kind, and the text of a domain names its ends")
  func domains() {
    let catalogue = Catalogue()
    #expect(catalogue.words(of: Setting.schedule.erased) == ["constant", "cosine", "step"])
    #expect(
      catalogue.words(of: Setting.placement.erased) == [
        "before", "after", "input-path", "time-step", "hidden-path", "hidden-path-per-step",
      ])
    #expect(catalogue.words(of: Setting.affine.erased) == ["on", "off", "scale", "shift"])
    #expect(catalogue.words(of: Setting.norm.erased) == NormalizerChoice.all.map(\.name))
    #expect(catalogue.words(of: Setting.model.erased) == ["cnn", "rnn", "mlp"])
    #expect(catalogue.words(of: Setting.data.erased) == ["digits", "fashion-mnist", "mnist"])
    #expect(catalogue.words(of: Setting.epochs.erased) == nil)
    #expect(Setting.learningRate.erased.domain.text == "numbers above 0")
    #expect(Setting.epochs.erased.domain.text == "whole numbers, 1 to 100000")
    #expect(Setting.warmUp.erased.domain.text == "whole numbers, 0 or more")
    #expect(Setting.lastBatch.erased.domain.text == "keep, drop")
  }

  @Test("What changes nothing without a normalizer belongs to it")
  func ofNormalizer() {
    #expect(
      AnySetting.all.filter(\.isOfNormalizer).map(\.name) == [
        "norm", "groups", "placement", "epsilon", "decay", "affine", "init-gamma", "statistics-batch",
        "inference-statistics", "evaluation-batch",
      ])
  }

  @Test("A normalizer that does not take what it is asked for is recorded with what it has")
  func notTaken() throws {
    let own = NormalizerChoice("own") { GroupNorm(groups: 8, channels: $0.channels) }
    #expect(!own.takesEpsilon && !own.takesDecay && !own.takesAffine)
    let taking = ["batch", "layer", "dyt"].compactMap(Catalogue().normalizer)
    #expect(taking.map(\.takesEpsilon) == [true, true, false])
    #expect(taking.map(\.takesDecay) == [true, false, false])
    #expect(taking.map(\.takesAffine) == [true, true, true])
    let catalogue = Catalogue(normalizers: [own])
    let run = RunConfiguration(model: .cnn, norm: own).with(.affine, .off).with(.epsilon, 1)
    let training = try Training(run, on: DataSource.digits.load(), in: catalogue)
    #expect(training.configuration[.affine] == .on && training.configuration[.epsilon] == 1e-5)
  }

  @Test("What γ is at first is what every member begins with")
  func initialGamma() {
    for name in ["batch", "layer", "rms", "dyt"] {
      guard let choice = Catalogue().normalizer(name) else { continue }
      let run = RunConfiguration(model: .cnn, norm: choice)
      #expect(choice.normalizer(channels: 2, in: run)?.state.scale.value.scalars == [1, 1])
      #expect(
        choice.normalizer(channels: 2, in: run.with(.initialGamma, 0.5))?.state.scale.value.scalars == [0.5, 0.5])
    }
  }

  @Test("Values that are none of a setting's are thrown, and a warm-up longer than the run")
  func noValues() throws {
    let digits = try DataSource.digits.load()
    func text(_ change: (inout RunConfiguration) -> Void) -> String {
      var run = RunConfiguration(model: .cnn, norm: NormalizerChoice.all[1])
      change(&run)
      do {
        _ = try Training(run, on: digits)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(text { $0[.momentum] = 2 } == "'2.0' is no value of --momentum: it takes numbers from 0 to below 1.")
    #expect(text { $0[.momentum] = .nan }.contains("'nan' is no value of --momentum"))
    #expect(text { $0[.width] = -1 }.contains("'-1' is no value of --width"))
    #expect(text { $0[Setting.momentum.erased] = "much" }.contains("'much' is no value"))
    #expect(
      text { $0[.warmUp] = .max }.contains("--warm-up \(Int.max) is not over before the run, which has 675 steps."))
    #expect(text { $0[.warmUp] = 674 } == "accepted")
    #expect(Schedule.constant.factor(step: 0, of: 1, warmUp: .max) > 0)
    #expect((-0.0).settingText == "0.0")
  }

  @Test("What the recorded runs of a setting's past had never changes")
  func frozen() {
    // A value that changes here renames runs that were recorded.
    let absent = AnySetting.all.map { "\($0.column)=\($0.absent)" }
    let frozen =
      "model= norm= data= seed=0 batch_size=0 learning_rate=0.0 optimizer=sgd groups=1 activation=relu placement=before "
      + "init_scale=1.0 width=0 depth=0 epochs=0 clip=0.0 momentum=0.9 weight_decay=0.0 weight_decay_of=weights "
      + "schedule=constant warm_up=0 dropout=0.0 dropout_at=classifier label_smoothing=0.0 epsilon=1e-05 decay=0.9 "
      + "affine=on train_limit=0 validation=0.0 last_batch=keep evaluate_every=0"
    for value in frozen.split(separator: " ") { #expect(absent.contains(String(value))) }
  }
}
