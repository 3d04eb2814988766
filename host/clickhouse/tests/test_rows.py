"""The results of the function."""

import pytest
from chdb import ChdbError
from conftest import Database, Row

LOGIN = (
    b'{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",'
    b'"userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}'
)
VERDICT = (
    '{"kind":"console_login","outcome":"failure","reason":"bad_password",'
    '"principal":"root","mfa":"unknown","user_exists":"yes"}'
)


@pytest.mark.parametrize("rows_a_call", [0, 1, 7, 1000])
def test_every_row(database: Database, rows: list[Row], rows_a_call: int) -> None:
    settings = f"webassembly_udf_max_input_block_size = {rows_a_call}"
    verdicts = database.verdicts([row.input for row in rows], settings)
    for row, verdict in zip(rows, verdicts, strict=True):
        assert verdict == row.verdict, row.name


def test_lengths_of_every_size(database: Database) -> None:
    """Around the lengths at which the prefix of a string grows by a byte."""
    lengths = [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]
    records = [LOGIN.ljust(length)[:length] for length in lengths]
    expected = [VERDICT if length >= len(LOGIN) else "" for length in lengths]
    assert database.verdicts(records) == expected


def test_another_format_fails(database: Database) -> None:
    for settings in ["", "SETTINGS serialization_format = 'JSONEachRow'"]:
        database.query(f"""
            CREATE OR REPLACE FUNCTION misread
            LANGUAGE WASM ABI BUFFERED_V1 FROM 'sekisho' :: 'clickhouse_verdict'
            ARGUMENTS (record String) RETURNS String {settings}""")
        with pytest.raises(ChdbError, match="Cannot"):
            database.query("SELECT misread(record) FROM cloudtrail")


def test_too_many_records_in_a_call_fail(database: Database) -> None:
    """Records of 256 KB, the limit of CloudTrail, that are not constant."""
    record = f"'{LOGIN.decode()}' || repeat(' ', {(256 << 10) - len(LOGIN)} - number % 2)"

    def signins(rows_a_call: int) -> int:
        count = f"SELECT countIf(sekisho_verdict({record}) != '') FROM numbers(600)"
        settings = f"SETTINGS webassembly_udf_max_input_block_size = {rows_a_call}"
        return int(database.query(f"{count} {settings}"))

    with pytest.raises(ChdbError, match="Cannot allocate buffer"):
        signins(600)
    assert signins(250) == 600
    assert signins(0) == 600
