"""The same records in each engine: prints the tables of README.md. `cargo xtask bench --engines` runs it."""

import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SOURCE = ROOT / "host" / "python" / "src"
PROGRAM = ROOT / "target" / "release" / "sekisho"
VENV = Path(sys.executable).parent
GENERATOR = ROOT / "target" / "release" / "sekisho-generator"

RECORDS = 200_000
SIGNINS = 50_000
SMALL_FILES = 1_500
ADDRESSES = 20_000
ROUNDS = 3

LINES, TRAIL = "all.ndjson", "trail"
WORKS = [(engine, LINES) for engine in ("program", "Python", "DuckDB", "ClickHouse", "Tenzir", "Spark")]
WORKS += [(engine, TRAIL) for engine in ("program", "Python")]


def main() -> None:
    os.environ |= {
        "PYTHONPATH": str(SOURCE),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PATH": os.pathsep.join(map(str, [PROGRAM.parent, VENV, os.environ["PATH"]])),
    }
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        length = prepare()
        print(f"{RECORDS:,} records of {length:,} bytes:\n")
        print("| engine | input | start, s | a record, µs | records a second of a core | sign-ins |")
        print("|---|---|--:|--:|--:|--:|")
        for engine, file in WORKS:
            print(row(engine, file), flush=True)
        print(f"\n{measured('state')}")
        print(f"\n{measured('files')}")


def prepare() -> int:
    """Writes the records. Returns their mean length."""
    records = generated("mixed", RECORDS)
    Path(LINES).write_bytes(b"\n".join(records))
    Path("one.ndjson").write_bytes(records[0])
    Path(TRAIL).mkdir()
    for start in range(0, RECORDS, 500):
        write_file(Path(TRAIL) / f"{start:07}.json.gz", records[start : start + 500])
    return sum(map(len, records)) // len(records)


def write_file(path: Path, records: list[bytes]) -> None:
    """Writes records as CloudTrail does."""
    path.write_bytes(gzip.compress(b'{"Records":[' + b",".join(records) + b"]}"))


def generated(kind: str, count: int) -> list[bytes]:
    generate = [GENERATOR, "records", kind, "--seed", "1", "--records", str(count)]
    return subprocess.run(generate, check=True, stdout=subprocess.PIPE).stdout.splitlines()


def row(engine: str, file: str) -> str:
    """Medians of rounds; a run of one record is the start."""
    if engine == "Spark":
        return measured("spark").strip()
    start = statistics.median(json.loads(measured(engine, "one.ndjson"))[1] for _ in range(ROUNDS))
    runs = [json.loads(measured(engine, file)) for _ in range(ROUNDS)]
    seconds = statistics.median(run[1] for run in runs) - start
    return cells(engine, file, start, seconds, runs[0][0])


def cells(engine: str, file: str, start: float, seconds: float, found: int) -> str:
    each = seconds / RECORDS
    source = "lines" if file == LINES else ".json.gz"
    return f"| {engine} | {source} | {start:.1f} | {each * 1e6:.1f} | {1 / each:,.0f} | {found:,} |"


def measured(part: str, *arguments: str) -> str:
    """What a part of this file prints, in a process of its own."""
    command = [sys.executable, __file__, part, *arguments]
    errors = subprocess.DEVNULL
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=errors, text=True)
    return done.stdout


def processor_seconds() -> float:
    """Of this process and all below it, also of those that have ended."""
    this = psutil.Process()
    times = [process.cpu_times() for process in [this, *this.children(recursive=True)]]
    names = ("user", "system", "children_user", "children_system")
    return sum(getattr(time, name) for time in times for name in names)


def program(file: str) -> int:
    printed = subprocess.run(
        [PROGRAM, "classify", "--quiet", "--format", "ndjson", file],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return printed.count(b"\n")


def python(file: str) -> int:
    import sekisho

    return sum(1 for _ in sekisho.verdicts(file))


def duckdb(file: str) -> int:
    import duckdb

    import sekisho.duckdb

    sekisho.duckdb.register(duckdb)
    lines = "columns = {'record': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = ''"
    query = f"SELECT count(*) FROM read_csv('{file}', {lines}) WHERE sekisho_verdict(record) IS NOT NULL"
    found: int = duckdb.sql(query).fetchall()[0][0]
    return found


def clickhouse(file: str) -> int:
    import chdb

    path = os.path.relpath(ROOT / "dist" / "sekisho-simd.wasm")
    with tempfile.TemporaryDirectory() as store:
        connection = chdb.connect(f"{store}/store.chdb?allow_experimental_webassembly_udf=1")
        found = clickhouse_count(connection, path, file)
        connection.close()
    return found


def clickhouse_count(connection: Any, path: str, file: str) -> int:
    connection.query(f"""
        INSERT INTO system.webassembly_modules (name, code)
        SELECT 'sekisho', code FROM file('{path}', RawBlob, 'code String');
        CREATE OR REPLACE FUNCTION sekisho_verdict
            LANGUAGE WASM ABI BUFFERED_V1 FROM 'sekisho' :: 'clickhouse_verdict'
            ARGUMENTS (record String) RETURNS String DETERMINISTIC
            SETTINGS serialization_format = 'RowBinary', webassembly_udf_enable_fuel = 0;""")
    count = connection.query(f"""
        SELECT count() FROM file('{file}', LineAsString, 'record String')
        WHERE sekisho_verdict(record) != ''
        SETTINGS webassembly_udf_max_input_block_size = 250""")
    return int(count.bytes())


def tenzir(file: str) -> int:
    pipeline = f"""
        from_file "{file}" {{ read_lines }}
        write_lines
        shell "sekisho filter --mode signins"
        read_ndjson
        summarize n=count()
        write_ndjson"""
    done = subprocess.run(["tenzir", pipeline], check=True, stdout=subprocess.PIPE)
    # A record that is no sign-in gives no event to count.
    found: int = json.loads(done.stdout or b'{"n":0}')["n"]
    return found


def spark_session(master: str = "local-cluster[2,1,1024]"):  # type: ignore[no-untyped-def]
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).config("spark.ui.enabled", "false")
    session = builder.config("spark.executorEnv.PYTHONPATH", str(SOURCE)).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def spark() -> None:
    """The rows for Spark, where Java compiles what it runs often: the first queries are its start."""
    from sekisho.spark import classify, read_cloudtrail

    session = spark_session()

    def lines() -> int:
        records = session.read.text(LINES).withColumnRenamed("value", "record")
        return classify(records).where("signin IS NOT NULL").count()

    def trail() -> int:
        return classify(read_cloudtrail(session, TRAIL)).where("signin IS NOT NULL").count()

    lines()
    found = lines()
    start = processor_seconds()
    print(cells("Spark", LINES, start, mean(lines), found))
    found = trail()
    print(cells("Spark", TRAIL, start, mean(trail), found))
    session.stop()


def mean(work: Callable[[], object]) -> float:
    """Seconds of all processors, of a run."""
    start = processor_seconds()
    for _ in range(ROUNDS):
        work()
    return (processor_seconds() - start) / ROUNDS


def state() -> None:
    """What attempts cost where they come together."""
    from sekisho import Filter, rules
    from sekisho.spark.attempts import _observed

    records = [crowded(number, record) for number, record in enumerate(generated("signin", SIGNINS))]
    stream = Filter(configuration=rules() | {"findings": "lifecycle"})
    lines: list[object] = []
    observing = seconds(lambda: lines.extend(_observed(stream, records)))
    state: list[bytes] = []
    saving = seconds(lambda: state.append(stream.save()))
    restoring = seconds(lambda: stream.restore(state[0]))
    kept = stream.describe()["counters"]["attempts"]
    compressed = gzip.compress(b"\n".join(records))
    print("| where attempts come together, one core | |\n|---|--:|")
    print(f"| sign-ins a second | {SIGNINS / observing:,.0f} |")
    print(f"| sign-ins that wait, of {ADDRESSES:,} addresses | {kept['waiting']:,} |")
    print(f"| state for each of them, bytes | {len(state[0]) // kept['waiting']:,} |")
    print(f"| saving the state, s | {saving:.2f} |")
    print(f"| restoring it, s | {restoring:.2f} |")
    print(f"| a sign-in, bytes | {sum(map(len, records)) // SIGNINS:,} |")
    print(f"| a sign-in, bytes with gzip | {len(compressed) // SIGNINS:,} |")


def crowded(number: int, record: bytes) -> bytes:
    """A sign-in from one of many addresses, all in ten minutes, so that all of them wait."""
    record = re.sub(rb'(?<="sourceIPAddress":")[^"]*', b"2001:db8::%x" % (number % ADDRESSES), record)
    second = number * 600 // SIGNINS
    time = b"2026-01-01T00:%02d:%02dZ" % divmod(second, 60)
    return re.sub(rb'(?<="eventTime":")[^"]*', time, record)


def files() -> None:
    """A folder of many small files, read in two ways."""
    from pyspark.sql.functions import col

    from sekisho.spark import classify, read_cloudtrail

    records = Path(LINES).read_bytes().splitlines()[: SMALL_FILES * 20]
    folder = Path("files")
    folder.mkdir()
    for number in range(SMALL_FILES):
        write_file(folder / f"{number}.json.gz", records[number * 20 : number * 20 + 20])
    session = spark_session()

    def text() -> int:
        return classify(read_cloudtrail(session, str(folder))).where("signin IS NOT NULL").count()

    def binary(path: str) -> int:
        found = session.read.format("binaryFile").load(path).select(col("content"))
        return found.mapInArrow(_count_in_files, "n long").groupBy().sum().collect()[0][0]

    read: dict[str, Callable[[], int]] = {
        "`read_cloudtrail`": text,
        "`binaryFile` of the folder": lambda: binary("files"),
        "`binaryFile` of `files/*.json.gz`": lambda: binary("files/*.json.gz"),
    }
    # The first query starts Python.
    text()
    print(f"| {SMALL_FILES:,} files of 20 records in Spark | s | a record, µs of the processor |")
    print("|---|--:|--:|")
    for name, work in read.items():
        took: list[float] = []
        each = mean(lambda: took.append(elapsed(work))) / (SMALL_FILES * 20)
        print(f"| {name} | {statistics.median(took):.1f} | {each * 1e6:.0f} |", flush=True)
    session.stop()


def _count_in_files(batches):  # type: ignore[no-untyped-def]
    import gzip

    import pyarrow as pa

    from sekisho import Filter

    signins = Filter()
    for batch in batches:
        contents = batch.column("content").to_pylist()
        counts = [len(signins.process_batch(gzip.decompress(one), "json")) for one in contents]
        yield pa.RecordBatch.from_pydict({"n": counts})


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def elapsed(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


PARTS: dict[str, Callable[[str], int]] = {
    "program": program,
    "Python": python,
    "DuckDB": duckdb,
    "ClickHouse": clickhouse,
    "Tenzir": tenzir,
}
TABLES = {"spark": spark, "state": state, "files": files}

if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case [table]:
            TABLES[table]()
        case [part, file]:
            found = PARTS[part](file)
            print(json.dumps([found, processor_seconds()]))
