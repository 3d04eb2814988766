import duckdb
import sekisho.duckdb

sekisho.duckdb.register(duckdb)
duckdb.sql("""
    WITH files AS (FROM read_json_objects('trail/**/*.json.gz')),
        records AS (SELECT unnest(json->'$.Records[*]')::VARCHAR AS record FROM files),
        signins AS (SELECT record, sekisho_verdict(record) AS signin FROM records)
    SELECT signin.outcome, signin.reason, count(*) AS signins FROM signins
    WHERE signin IS NOT NULL GROUP BY ALL ORDER BY ALL
""").show()
