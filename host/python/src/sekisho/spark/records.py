"""Records of files as CloudTrail writes them to S3."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql.functions import array, coalesce, col, explode, from_json

_FILES = "*.json*"


def read_cloudtrail(
    spark: Any, path: str, *, stream: bool = False, files_per_batch: int = 10_000
) -> DataFrame:
    """Reads a folder of `.json.gz` or `.json` files, with all folders in it.

    Returns two columns: `record`, the JSON of a record, and `file`, where it was read. A file without
    a list `Records` is one row, so that its error can be seen. JSON is parsed and written by Spark:
    numbers and escapes may be spelled differently than in the file.

    With `stream`, it is a stream of files as they arrive, up to `files_per_batch` in each batch.
    """
    reader = spark.readStream.option("maxFilesPerTrigger", files_per_batch) if stream else spark.read
    files = (
        reader.format("text")
        .option("wholetext", True)
        .option("recursiveFileLookup", True)
        .option("pathGlobFilter", _FILES)
        .load(path)
    )
    records = from_json(col("value"), "Records array<string>")["Records"]
    return files.select(
        explode(coalesce(records, array(col("value")))).alias("record"),
        col("_metadata.file_path").alias("file"),
    )
