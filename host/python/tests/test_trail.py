"""Reading files and folders."""

import gzip
import json
import os
import sys
from pathlib import Path

import pytest
from test_calls import LOGIN, UPLOAD, VERDICT

from sekisho import Filter, FilterError, verdicts

TRAIL = b'{"Records":[' + UPLOAD + b"," + LOGIN + b"]}"


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return folder


def test_reads_the_files_of_a_folder(signins: Filter, tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "a/trail.json.gz": gzip.compress(TRAIL),
            "b/trail.json": TRAIL,
            "lines.jsonl": UPLOAD + b"\n" + LOGIN + b"\n",
            "other.txt": b"no JSON",
        },
    )
    assert list(verdicts(folder, filter=signins)) == [VERDICT, VERDICT, VERDICT]
    assert list(verdicts(folder / "b" / "trail.json", filter=signins)) == [VERDICT]


def test_reads_byte_order_marks_and_zeros_after_gzip(signins: Filter, tmp_path: Path) -> None:
    mark = "\ufeff".encode()
    folder = write(
        tmp_path,
        {
            "lines.jsonl": b"\n".join(mark + record for record in (LOGIN, UPLOAD, LOGIN)),
            "trail.json": mark + TRAIL,
            "trail.json.gz": gzip.compress(TRAIL) + bytes(512),
        },
    )
    assert list(verdicts(folder, filter=signins)) == [VERDICT] * 4


def test_reads_a_file_that_is_larger_than_an_input(signins: Filter, tmp_path: Path) -> None:
    padding = json.dumps({"eventSource": "s3.amazonaws.com", "a": "a" * 9_000_000}).encode()
    records = [padding, LOGIN, padding]
    folder = write(
        tmp_path,
        {
            "trail.json": b'{"Records":[' + b",".join(records) + b"]}",
            "trail.jsonl": b"\n".join(records),
        },
    )
    assert list(verdicts(folder, filter=signins)) == [VERDICT, VERDICT]


def test_reports_records_with_errors(signins: Filter, tmp_path: Path) -> None:
    bad = b'{"eventSource":\n' + LOGIN
    folder = write(tmp_path, {"bad.jsonl": bad, "empty.json": b""})
    errors: list[tuple[str, str]] = []
    found = verdicts(
        folder,
        filter=signins,
        on_error=lambda error, file: errors.append((error.code, file.name)),
    )
    assert list(found) == [VERDICT]
    assert errors == [("malformed", "bad.jsonl"), ("malformed", "empty.json")]
    with pytest.raises(FilterError) as error:
        list(verdicts(folder, filter=signins))
    assert error.value.code == "malformed"


def test_reads_zstd(signins: Filter, tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd" if sys.version_info < (3, 14) else "compression.zstd")
    folder = write(tmp_path, {"trail.json.zst": zstd.compress(TRAIL)})
    assert list(verdicts(folder, filter=signins)) == [VERDICT]


def test_reads_what_precedes_a_truncation(signins: Filter, tmp_path: Path) -> None:
    lines = (LOGIN + b"\n") * 50_000
    folder = write(tmp_path, {"lines.jsonl.gz": gzip.compress(lines)[:-20]})
    errors: list[str] = []
    found = list(verdicts(folder, filter=signins, on_error=lambda error, _: errors.append(error.code)))
    assert len(found) > 10_000
    assert errors == ["malformed"]


DATA = os.environ.get("SEKISHO_DATA")
SHAPES = json.loads((Path(DATA) / "file_shapes.json").read_text("utf-8")) if DATA else []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape["name"]))
def test_reads_what_other_programs_write(
    signins: Filter, tmp_path: Path, shape: dict[str, str]
) -> None:
    time = {"eventTime": "2026-01-01T00:00:00Z", "eventVersion": "1.08"}
    records = [time | json.loads(record) for record in (LOGIN, UPLOAD, LOGIN)]
    records[1]["eventName"] = "PutObject"
    each = shape["join"].join(filled(shape["each"], record) for record in records)
    path = tmp_path / "file"
    path.write_text(shape["file"].replace("@EACH", each), encoding="utf-8")
    outcomes = [verdict["outcome"] for verdict in verdicts(path, filter=signins)]
    assert outcomes == ["failure", "failure"]


def filled(template: str, record: dict[str, str]) -> str:
    text = json.dumps(record)
    values = {
        "@TEXT": json.dumps(text),
        "@RECORD": text,
        "@RAW": text,
        "@PRETTY": json.dumps(record, indent=2),
        "@CSV": '"' + text.replace('"', '""') + '"',
    }
    for name in ("eventSource", "eventName", "eventTime"):
        values[f"@F({name})"] = json.dumps(record[name])
    for name, value in values.items():
        template = template.replace(name, value)
    return template
