"""What generated code imports of tables; see ``generated_api``.

Apart from it, so that programs without tables do not import them. It imports no library of tables
itself.
"""

from binance_streams_runtime.tables.convert import to_arrow, to_pandas, to_polars
from binance_streams_runtime.tables.plan import Column

__all__ = ["Column", "to_arrow", "to_pandas", "to_polars"]
