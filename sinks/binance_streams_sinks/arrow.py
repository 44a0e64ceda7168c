"""The library pyarrow, for whoever writes Parquet; without it, an error that says what to do."""

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] != "pyarrow":
        raise
    text = "Parquet needs pyarrow: pip install 'binance-streams[arrow]'"
    raise ImportError(text, name="pyarrow") from None

__all__ = ["pa", "pq"]
