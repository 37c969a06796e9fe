"""The schema that is published for plans, by a validator of somebody else's."""

import json
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "Examples" / "plan.schema.json").read_text())
# The program's own tests read the same texts: both take the same of them.
TEXTS = json.loads((ROOT / "Tests" / "Fixtures" / "plans.json").read_text())


def is_plan(text):
    """Whether the schema takes a text."""
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(json.loads(text))


def test_it_is_a_schema_and_the_example_is_a_plan():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert is_plan((ROOT / "Examples" / "plan.json").read_text())


@pytest.mark.parametrize("text", [*TEXTS["plans"], '{"grid": {"data": "my/folder"}}'])
def test_a_plan_is_one(text):
    assert is_plan(text)


@pytest.mark.parametrize("text", TEXTS["no_plans"])
def test_what_is_no_plan_is_refused(text):
    assert not is_plan(text)
