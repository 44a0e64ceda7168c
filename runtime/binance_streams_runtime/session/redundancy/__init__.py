"""Carrying each stream by several connections at once: the first copy of each event is delivered.

Market data feeds come as two identical lines, A and B, and what merges them is called an arbiter.
The words are used here in the same way: a *line* is one of a client's redundant sets of
connections, each with its own reconnects and handovers; an *arbiter* merges what the lines deliver
of one stream. See ``docs/design/redundancy.md``.
"""
