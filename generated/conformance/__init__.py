"""The conformance suites: every stream, checked against what the spec says.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""
