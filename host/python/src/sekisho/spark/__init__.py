"""Verdicts and attempts in Apache Spark.

    from sekisho.spark import attempts, classify, read_cloudtrail

    records = read_cloudtrail(spark, "s3a://bucket/AWSLogs")
    classify(records).where("signin.outcome = 'failure'").show()
    attempts(records).show()

All of it works on batches and streams, and on Spark Connect. The package has to be installed where
Python workers run.
"""

from .attempts import attempts
from .records import read_cloudtrail
from .verdicts import classify

__all__ = ["attempts", "classify", "read_cloudtrail"]
