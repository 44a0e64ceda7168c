"""What a page says of a key, and what a person is asked about it."""

from __future__ import annotations

import re

from codegen.check.marks import MARK
from codegen.check.names import is_field_name
from codegen.draft.words import MANY, Candidate

_SAME_THING = {"qty": "quantity", "final": "last", "avg": "average", "vol": "volume"}
_FILLERS = {"a", "an", "the", "of", "in", "is", "to", "be", "this", "market", "event", "s"}
_LONGEST = 300


def in_words(comment: str) -> list[str]:
    """Return the words of what a page says of a key, up to the first punctuation mark."""
    said = re.split(r"[,;.:(\[?!=]|\s-\s|\bi\.?e\b", comment, maxsplit=1)[0]
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"'s\b|`", "", said))
    lower = [word.lower() for word in words]
    return [_SAME_THING.get(word, word) for word in lower]


def name_in(words: list[str], candidates: list[Candidate]) -> Candidate | None:
    """Return the candidate whose name says the same as a page's words."""
    said = set(words) - _FILLERS
    for candidate in candidates:
        name = {_SAME_THING.get(word, word) for word in candidate.field.name.split("_")}
        is_part = len(name) > 1 and name <= set(words)
        if candidate.field.name and (is_part or name - _FILLERS == said or name == set(words)):
            return candidate
    return None


def is_alike(words: list[str], candidate: Candidate) -> bool:
    """Return whether most words of a candidate's name, of several, are among a page's."""
    name = candidate.field.name.split("_")
    return len(name) > 1 and 2 * len(set(name) & set(words)) > len(set(name))


def says_the_same(words: list[str], candidate: Candidate) -> bool:
    """Return whether most of a page's words are in what a candidate says of itself."""
    own = {*candidate.field.name.split("_"), *in_words(candidate.field.description)}
    said = set(words) - _FILLERS
    return 2 * len(said & own) >= len(said)


def alternatives(candidates: list[Candidate]) -> str:
    """List the names that others have for the key, each with a struct that has it."""
    named: dict[str, str] = {}
    for candidate in candidates:
        named.setdefault(candidate.field.name, candidate.struct)
    listed = [f"{name} as in {struct}" for name, struct in list(named.items())[:4]]
    return ", or ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def identifier(words: list[str]) -> str:
    """Return a page's words as the name of a field, or a mark if they are none."""
    kept = [word for word in words if word not in ("a", "an", "the")]
    name = "_".join(kept[:8])
    return name if name and name[0].isalpha() and is_field_name(name) else MARK


def description(comment: str, chosen: Candidate | None, candidates: list[Candidate]) -> str:
    """Return what the page says of a field, or else a similar struct, as a sentence.

    ``candidates`` are what all structs say of the key.
    """
    said = comment.strip().rstrip(",;").strip()
    if chosen is not None and set(in_words(said)) == set(chosen.field.name.split("_")):
        # The page says no more than the name. What many say is right here, too; what one says may
        # be of itself alone.
        usual = chosen.field.description
        if len({each.struct for each in candidates if each.field.description == usual}) >= MANY:
            return usual
    if said and "…" not in said:
        said = said[0].upper() + said[1:_LONGEST]
        return said if said[-1] in ".!?" else f"{said}."
    return chosen.field.description if chosen is not None else MARK


def says_ignore(comment: str) -> bool:
    """Return whether a page says that a key means nothing."""
    return in_words(comment)[:1] in (["ignore"], ["ignored"])
