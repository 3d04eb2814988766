"""The materialised view stores exactly the sign-ins of a stream."""

from pathlib import Path

from conftest import RECORDS, Database


def test_stores_exactly_the_signins(database: Database, generated: list[tuple[str, str]]) -> None:
    database.query("TRUNCATE TABLE signins; TRUNCATE TABLE cloudtrail")
    Path("generated.ndjson").write_text("\n".join(record for _, record in generated))
    database.query("""
        INSERT INTO cloudtrail (record)
        SELECT record FROM file('generated.ndjson', LineAsString, 'record String')""")

    other_cases = ["api_call", "lookalike"]
    expected = sorted(record for case, record in generated if case not in other_cases)
    assert RECORDS / 100 < len(expected) < RECORDS / 10
    stored = [row["record"] for row in database.rows("SELECT record FROM signins")]
    assert sorted(stored) == expected

    found = database.query("SELECT count() FROM cloudtrail WHERE sekisho_verdict(record) != ''")
    assert int(found) == len(expected), "a query returns the same"
