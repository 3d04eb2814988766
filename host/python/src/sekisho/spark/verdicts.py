"""Verdicts on a column of records."""

from collections.abc import Callable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_type
from pyspark.sql.types import StringType, StructType

from ..arrow import verdict_type
from ..filter import Filter
from .settings import Form, Rules, filter_of

Batches = Iterator[pa.RecordBatch]


def classify(
    df: DataFrame,
    *,
    column: str = "record",
    rules: Rules = None,
    form: Form = "verdict",
    identity: bool = False,
) -> DataFrame:
    """Adds the columns `signin` and `signin_error` to a table or stream.

    `column` has a record in each row, as a string or as bytes. `signin` is the verdict: a struct as
    `sekisho.arrow.verdict_type` describes it, or null. With another `form` it is a string, the JSON
    of an event of ECS or OCSF. `signin_error` is the code of an error, or null. No row is dropped.
    """
    signins = filter_of(rules, form=form, identity=identity)
    verdict = from_arrow_type(verdict_type(signins.configuration))
    schema = StructType(list(df.schema.fields))
    schema = schema.add("signin", verdict).add("signin_error", StringType())
    return df.mapInArrow(_with_verdicts(signins, column), schema)


def _with_verdicts(signins: Filter, column: str) -> Callable[[Batches], Batches]:
    def with_verdicts(batches: Batches) -> Batches:
        for batch in batches:
            yield signins.process_arrow(batch, column)

    return with_verdicts
