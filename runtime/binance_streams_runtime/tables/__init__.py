"""Events as columns: Polars, pandas and Arrow, by plans that are generated from the spec."""
