"""The conformance suites: every stream, checked against the spec's own words.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""
