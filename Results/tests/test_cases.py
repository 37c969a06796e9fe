"""Verdicts of other data, numbers of images, numerics or seeds are never drawn or counted together."""

from dataclasses import replace

import pandas
import pytest

from plots import cases, claims, records, report, sentences, verdicts
from plots.choice import Choice


@pytest.fixture
def asked(recorded):
    """The records of the claims with verdicts and runs as changed, beside the ones that are there."""

    def again(*changes, runs=None, accuracy=None):
        read = records.read(recorded("claims"))
        rows = [read.verdicts.assign(**change) for change in changes]
        found = replace(read, verdicts=pandas.concat([read.verdicts, *rows], ignore_index=True), kept={})
        if runs is None:
            return found
        other = read.runs.assign(run="x" + read.runs["run"], test_accuracy=accuracy, **runs)
        trials = read.trials.assign(
            run="x" + read.trials["run"], study="x" + read.trials["study"], **runs)
        chosen = read.chosen.assign(run="x" + read.chosen["run"], study="x" + read.chosen["study"])
        both = pandas.concat([read.runs, other]), pandas.concat([read.trials, trials])
        # As a file has it in rows of an older version.
        both = [frame.assign(test_limit=frame["test_limit"].fillna("")) if "test_limit" in frame else frame for frame in both]
        found = replace(found, chosen=pandas.concat([read.chosen, chosen]))
        return replace(found, runs=both[0], trials=both[1], settings=list(dict.fromkeys([*read.settings, *runs])))

    return again


def names(found):
    """The names of the figures of claims."""
    return [figure.name for figure in claims.figures(found, Choice())]


def test_a_claim_of_one_case_has_no_suffix_whatever_others_were_asked_with(asked):
    found = asked({"claim": "sanity", "train_limit": "2000"}, {"claim": "affine", "data": "letters"})
    assert names(found) == ["claim-family-effects", "claim-family", "claim-sanity-effects", "claim-affine-effects"]


@pytest.mark.parametrize(
    "change, suffixes",
    [
        ({"data": "/home/me/my_letters", "fingerprint": "f"}, ["-digits", "-my-letters"]),
        ({"train_limit": "0"}, ["-trained-on-200", "-trained-on-all"]),
        ({"test_limit": "2000"}, ["-tested-on-all", "-tested-on-2000"]),
        ({"numerics": "1"}, ["-numerics-2", "-numerics-1"]),
        ({"fingerprint": "abcdef0123"}, ["-d192a4e", "-abcdef0"]),
        ({"data": "letters", "train_limit": "9"}, ["-digits-trained-on-200", "-letters-trained-on-9"]),
        ({"data": "/other/digits"}, ["-digits", "-digits-2"]),
    ],
)
def test_the_suffix_names_what_differs(asked, change, suffixes):
    assert [case.suffix for case in cases.of(asked(change))] == suffixes


def test_titles_say_what_differs(asked):
    found = cases.of(asked({"train_limit": "0", "test_limit": "50"}))
    assert [case.on for case in found] == [" on 200 training images, all test images", " on all training images, 50 test images"]


def test_of_several_numbers_of_seeds_the_most_count(asked):
    found = asked({"seeds": 2.0, "verdict": "contradicted"})
    (case,) = cases.of(found)
    assert set(case.verdicts["seeds"]) == {3.0} and case.fewer == (2,) and case.suffix == ""
    effects = claims.figures(found, Choice())[0]
    told = "verdicts.csv also has what came of 2 seeds; it is not counted here."
    assert set(effects.table["seeds"]) == {3.0} and told in effects.caption
    (part,) = verdicts.about_verdicts(found)
    assert part.sentences[0].startswith("Of 1 question ") and "1 contradicted" not in part.sentences[0] and told in part.sentences
    assert "1 question of 1 claim: family" in sentences.question(found)
    assert report.verdict_tables(found).count("<table>") == 1 and told in report.verdict_tables(found)


def test_each_case_is_counted_by_itself(asked):
    found = asked({"train_limit": "9", "verdict": "contradicted"})
    first, second = verdicts.about_verdicts(found)
    assert (first.title, second.title) == ("family on 200 training images", "family on 9 training images")
    assert "1 contradicted" not in first.sentences[0] and "1 contradicted" in second.sentences[0]
    assert "2 questions of 1 claim, asked in 2 cases: family" in sentences.question(found)
    assert "<h3>family on 9 training images</h3>" in report.verdict_tables(found)
    assert not any("contradicted" in sentence for sentence in sentences.not_concluded(found))


def test_what_is_inconclusive_is_counted_of_the_most_seeds(asked):
    found = asked({"seeds": 2.0, "verdict": "inconclusive"})
    found = replace(found, verdicts=found.verdicts.assign(verdict=["supported", "inconclusive"]))
    assert not any("inconclusive" in sentence for sentence in sentences.not_concluded(found))


@pytest.mark.parametrize(
    "change", [{"data": "letters"}, {"train_limit": "9"}, {"test_limit": "50"}, {"numerics": "1"}, {"fingerprint": "f"}]
)
def test_a_panel_is_of_the_runs_of_its_case(asked, change):
    found = {figure.name: figure.table for figure in claims.figures(asked(change, runs=change, accuracy=0.5), Choice())}
    shown = [table[table["source"] == "here"]["mean"] for name, table in found.items() if "effects" not in name]
    assert len(shown) == 2 and not (shown[0] == 0.5).any() and (shown[1] == 0.5).all()


def test_an_older_file_means_all_test_images(asked):
    found = asked()
    assert cases.of(replace(found, verdicts=found.verdicts.drop(columns="numerics")))[0].asked["numerics"] == ""
    assert cases.of(found)[0].asked["test_limit"] == "0"
    limited = replace(found, runs=found.runs.assign(test_limit="50"), kept={})
    assert names(limited) == ["claim-family-effects"]
