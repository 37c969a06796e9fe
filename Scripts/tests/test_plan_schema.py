"""The schema that is published for plans, by a validator of somebody else's."""

import json
from pathlib import Path

import jsonschema
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "Examples"
SCHEMA = json.loads((EXAMPLES / "plan.schema.json").read_text())


def test_it_is_a_schema_and_the_example_is_a_plan():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads((EXAMPLES / "plan.json").read_text()), SCHEMA)


@pytest.mark.parametrize("grid", [{"norm": "batch", "affine": True}, {"seed": [0, 1], "weight-decay": 0}, {"data": "my/folder"}])
def test_a_plan_is_one(grid):
    jsonschema.validate({"grid": grid}, SCHEMA)


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"grid": {}},
        {"grid": {"norms": "batch"}},
        {"grid": {"norm": "bach"}},
        {"grid": {"batch-size": 0}},
        {"grid": {"batch-size": []}},
        {"grid": {"momentum": 1}},
        {"grid": {"learning-rate": 0}},
        {"grid": {"norm": "batch"}, "exception": []},
        {"grid": {"norm": "batch"}, "exceptions": [{"where": {"norm": "batch"}}]},
        {"grid": {"norm": "batch"}, "exceptions": [{"where": {"norm": "batch"}, "set": {"seed": 1}}]},
    ],
)
def test_what_is_no_plan_is_refused(plan):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plan, SCHEMA)
