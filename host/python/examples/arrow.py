import pyarrow
from sekisho import Filter

batch = pyarrow.RecordBatch.from_pydict({"record": [b'{"eventSource":"s3.amazonaws.com"}']})
print(Filter().process_arrow(batch).column_names)
