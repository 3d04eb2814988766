"""Every row and every sequence, in both builds."""

import json
from typing import Any

import pytest
from conftest import Row

from sekisho import Filter, FilterError, Module

CODES = {-2: "malformed", -3: "too_large", -7: "several_records"}


def expected(row: Row) -> Any:
    return CODES[row.error] if row.error else row.verdict


def found(result: Any) -> Any:
    return result.code if isinstance(result, FilterError) else result


def test_one_by_one(signins: Filter, rows: list[Row]) -> None:
    for row in rows:
        if row.error:
            with pytest.raises(FilterError) as error:
                signins.process(row.input)
            assert error.value.code == CODES[row.error], row.name
        else:
            assert signins.process(row.input) == row.verdict, row.name
        assert signins.annotate(row.input) == row.annotated, row.name


def test_many(signins: Filter, rows: list[Row]) -> None:
    inputs = [row.input for row in rows]
    results = [(index, found(result)) for index, result in signins.process_many(inputs)]
    assert results == [(index, expected(row)) for index, row in enumerate(rows) if expected(row)]

    errors: list[str] = []
    annotated = signins.annotate_many(inputs, lambda error: errors.append(error.code))
    assert list(annotated) == [row.annotated for row in rows]
    assert errors == [CODES[row.error] for row in rows if row.error]


def test_sequences(module: Module, sequences: list[dict[str, Any]]) -> None:
    signins = Filter(module)
    for row in sequences:
        signins.configure(row.get("configuration", {}) | {"attempts": row.get("settings", {})})
        signins.reset()
        emitted = []
        for record in row["records"]:
            emitted += signins.observe(json.dumps(record, ensure_ascii=False).encode())
        assert [*emitted, *signins.flush()] == row["attempts"], row["name"]
