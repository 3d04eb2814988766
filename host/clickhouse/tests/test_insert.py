"""What the materialised view keeps of a stream."""

from pathlib import Path

from conftest import RECORDS, Database


def test_exactly_the_signins_come_out(database: Database, generated: list[tuple[str, str]]) -> None:
    database.query("TRUNCATE TABLE signins; TRUNCATE TABLE cloudtrail")
    Path("generated.ndjson").write_text("\n".join(record for _, record in generated))
    database.query("""
        INSERT INTO cloudtrail (record)
        SELECT record FROM file('generated.ndjson', LineAsString, 'record String')""")

    no_signins = ["api_call", "lookalike"]
    expected = sorted(record for case, record in generated if case not in no_signins)
    assert RECORDS / 100 < len(expected) < RECORDS / 10
    kept = [row["record"] for row in database.rows("SELECT record FROM signins")]
    assert sorted(kept) == expected

    found = database.query("SELECT count() FROM cloudtrail WHERE sekisho_verdict(record) != ''")
    assert int(found) == len(expected), "history says the same"
