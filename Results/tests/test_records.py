"""What is read of a folder, and what is said of one that cannot be read."""

import gzip

import pytest

from conftest import field
from plots import columns, records
from plots.errors import DataError, InputError


def test_every_column_that_compare_writes_is_known(recorded):
    for name in ("plain", "tuned", "inside", "diverged", "claims"):
        assert records.read(recorded(name)).unknown == {}


def test_settings_are_text_and_none_is_a_normalizer(recorded):
    runs = records.read(recorded("plain")).runs
    assert set(runs["norm"]) == {"none", "batch", "layer"}
    assert set(runs["batch_size"]) == {"4", "32"}
    assert runs["test_accuracy"].dtype == float


def test_an_empty_field_is_no_number(recorded):
    runs = records.read(recorded("diverged")).runs
    lost = runs[runs["status"] == "diverged"]
    assert len(lost) and lost["test_accuracy"].isna().all()


def test_a_column_of_a_newer_version_is_kept_and_named(changed):
    def widened(lines):
        return [lines[0].replace(",status,", ",warp,status,") + ",shine"] + [
            field(lines[0], line, "test_images", "test,9") + ",0.5" for line in lines[1:]
        ]

    read = records.read(changed("plain", change=widened))
    assert read.unknown == {"runs.csv": ["warp", "shine"]}
    assert "warp" in read.settings and "shine" not in read.settings
    assert set(read.runs["warp"]) == {"9"}
    assert "warp, shine" in read.notes[0]


def test_a_file_of_version_1_says_no_numerics(changed):
    def narrowed(lines):
        place = lines[0].split(",").index("numerics")
        return [",".join(text for number, text in enumerate(line.split(",")) if number != place) for line in lines]

    assert set(records.read(changed("plain", change=narrowed)).runs["numerics"]) == {"1"}


def test_rows_from_before_there_was_a_limit_of_test_images_have_none(changed):
    def widened(lines):
        return [lines[0].replace(",test_images,", ",test_images,test_limit,")] + [
            field(lines[0], line, "test_images", "test," + ("0" if number % 2 else "")) for number, line in enumerate(lines[1:])
        ]

    read = records.read(changed("plain", change=widened))
    assert set(read.runs["test_limit"]) == {"0"} and "test_limit" in read.settings


def test_a_line_that_is_being_written_is_not_read(changed):
    folder = changed("plain")
    whole = len(records.read(folder).runs)
    path = folder / "runs.csv"
    path.write_text(path.read_text() + "r0,cnn,none")
    assert len(records.read(folder).runs) == whole


def test_curves_of_a_run_that_is_not_over_are_left_out(changed):
    read = records.read(changed("plain", change=lambda lines: lines[:-1]))
    assert len(read.curves) == 2 * len(read.runs)
    assert "1 runs that are not in runs.csv" in read.notes[0]


def test_a_run_that_stands_there_twice_counts_once(changed):
    read = records.read(changed("plain", change=lambda lines: lines + lines[-1:]))
    assert not read.runs["run"].duplicated().any() and "1 rows have a run that stands there before" in read.notes[0]
    timed = records.read(changed("plain", change=lambda lines: lines + [field(lines[0], lines[-1], "seconds", "9")]))
    assert len(timed.runs) == len(read.runs)


@pytest.mark.parametrize(
    "column, value, words",
    [
        ("test_accuracy", "0.5", r"and 20 with test_accuracy 0\.\d+ and 0\.5,"),
        ("train_loss", "", r"and 20 with train_loss \d\.\d+ and nothing,"),
        ("status", "diverged", "and 20 with status finished and diverged,"),
        ("batch_size", "8", "and 20 with batch_size 4 and 8,"),
    ],
)
def test_a_run_with_two_numbers_is_an_error(changed, column, value, words):
    folder = changed("plain", change=lambda lines: lines + [field(lines[0], lines[17], column, value)])
    with pytest.raises(DataError, match=r"runs.csv: found the run r[0-9a-f]+ in lines 18 " + words):
        records.read(folder)


def test_runs_that_tuning_tried_too_are_not_gone(changed, recorded):
    folder = changed("plain")
    runs = (folder / "runs.csv").read_text().splitlines()
    names = ["run", "study", "model", "norm", "data", "replicate", "trial"]
    header, *_ = (recorded("tuned") / "trials.csv").read_text().splitlines()
    rows = [",".join({"run": line.split(",")[0], "study": "s", "replicate": line.split(",")[4], "trial": "0"}.get(name, "") for name in header.split(","))
            for line in runs[1:]]
    assert set(names) <= set(header.split(","))
    (folder / "trials.csv").write_text("\n".join([header, *rows]) + "\n")
    # The first run of each seed was chosen.
    firsts = {line.split(",")[4]: line.split(",")[0] for line in reversed(runs[1:])}
    chosen = [f"{run},s,,,,{seed},learning_rate,1,s" for seed, run in firsts.items()]
    header = "run,study,model,norm,data,replicate,tuned,budget,chosen_by"
    (folder / "chosen.csv").write_text("\n".join([header, *chosen]) + "\n")
    assert records.read(folder).notes == []


def test_differences_of_runs_that_are_gone_are_told(changed, recorded):
    for name in ("plain", "tuned"):
        assert records.read(recorded(name)).notes == []
    folder = changed("plain", change=lambda lines: [line for line in lines if ",layer,digits,1,4," not in line])
    assert (
        "differences.csv has layer, batch size 4 of 3 runs, and runs.csv has 2 of them: what differences say is of runs that are gone."
        in records.read(folder).notes
    )


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda lines: lines[:3] + [lines[3] + ",1"] + lines[4:], "59 values in line 4"),
        (lambda lines: lines[:3] + [lines[3].rsplit(",", 2)[0]] + lines[4:], "values in line 4"),
        (lambda lines: [line + ",1" if number else line for number, line in enumerate(lines)], "59 values in line 2"),
        (
            lambda lines: lines[:2] + [field(lines[0], lines[2], "test_accuracy", "high")] + lines[3:],
            "test_accuracy 'high' in line 3",
        ),
        (
            lambda lines: lines[:2] + [field(lines[0], lines[2], "train_loss", "inf")] + lines[3:],
            "train_loss 'inf' in line 3",
        ),
        (
            lambda lines: lines[:2] + [field(lines[0], lines[2], "status", "gone")] + lines[3:],
            "status 'gone' in line 3",
        ),
        (lambda lines: [lines[0].replace(",norm,", ",model,")] + lines[1:], "no norm"),
        (lambda lines: [lines[0].replace(",seconds,", ",steps,")] + lines[1:], "two columns steps"),
        (lambda lines: lines[:2] + ['"' + lines[2]] + lines[3:], "line 3"),
        (lambda lines: [], "no header"),
    ],
)
def test_what_is_malformed_is_named_with_its_place(changed, change, words):
    folder = changed("plain", change=change)
    if words.startswith("59"):
        words = words.replace("59", str(len((folder / "runs.csv").read_text().split("\n")[0].split(",")) + 1))
    with pytest.raises(DataError, match=words) as caught:
        records.read(folder)
    assert "runs.csv" in str(caught.value) and "expected" in str(caught.value) and "\n" not in str(caught.value)


def test_a_quoted_field_may_hold_a_comma_and_a_line_may_still_be_short(changed):
    def short(lines):
        return lines[:1] + [lines[1].rsplit(",", 1)[0].replace("batch is more accurate than layer", '"batch, here"')]

    assert records.read(changed("claims", "verdicts.csv")).verdicts["claim"].tolist() == ["family"]
    with pytest.raises(DataError, match="21 values in line 2"):
        records.read(changed("claims", "verdicts.csv", short))


def test_no_folder_and_no_runs_are_said(tmp_path, recorded):
    with pytest.raises(InputError, match="no folder"):
        records.read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="swift run compare"):
        records.read(tmp_path)


def test_a_file_of_a_newer_recording_stays(changed):
    read = records.read(
        changed(
            "inside",
            "layers.csv",
            lambda lines: [line + (",glow" if not number else ",1") for number, line in enumerate(lines)],
        )
    )
    assert read.unknown == {"layers.csv": ["glow"]} and "glow" in read.layers


def test_settings_stand_once():
    assert len(columns.SETTINGS) == len(set(columns.SETTINGS))


def test_packed_files_are_read_where_there_are_no_others(changed):
    folder = changed("plain")
    whole = records.read(folder)
    for path in list(folder.glob("*.csv")):
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    packed = records.read(folder)
    assert packed.runs.equals(whole.runs) and packed.curves.equals(whole.curves) and len(packed.curves)


def test_a_damaged_packed_file_is_named(changed):
    folder = changed("plain")
    packed = gzip.compress((folder / "runs.csv").read_bytes())
    (folder / "runs.csv").unlink()
    for damaged in (packed[:-9], packed[:40] + b"\0\0\0\0" + packed[44:], b"run,model\n"):
        (folder / "runs.csv.gz").write_bytes(damaged)
        with pytest.raises(DataError, match="runs.csv.gz: found a damaged gzip file"):
            records.read(folder)
