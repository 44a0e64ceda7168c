"""The conformance suite: every stream, checked against the spec's own words.

Made by codegen. Do not edit: change the template and run ``make generate``.
"""
