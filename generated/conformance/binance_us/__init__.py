"""The conformance suite of one market.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""
