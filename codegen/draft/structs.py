"""Drafts structs from the objects that messages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen.check.marks import MARK
from codegen.check.names import is_field_name
from codegen.draft.fields import (
    DraftField,
    DraftStruct,
    as_given,
    ask,
    gather,
    ignored_field,
    kind_of,
)
from codegen.draft.names import Markets, words_of
from codegen.draft.prose import (
    alternatives,
    description,
    identifier,
    in_words,
    is_alike,
    name_in,
    says_ignore,
    says_the_same,
)
from codegen.draft.words import DECIMAL, MISSING, Candidate, Words, is_sure, is_time
from codegen.read.problems import Path
from codegen.read.queries import camel
from codegen.read.spec_model import Struct
from codegen.read.yaml_source import Fraction

_MOST_WORDS = 4
_LONGEST_ABBREVIATION = 3
# Below it, whole numbers count something rather than name it.
_LEAST_ID = 100_000


@dataclass
class Drafter:
    """Makes the structs of one file."""

    markets: Markets
    comments: Mapping[Path, str]
    reserved: frozenset[str] = frozenset()
    """What no struct may be called."""
    structs: dict[str, DraftStruct] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._words = Words(self.markets)

    def event(
        self, name: str, objects: list[dict[str, Any]], constant: str | None
    ) -> tuple[str, str]:
        """Return the name of an event's struct, and what a person has to do about it.

        The struct is one that the market has, if one describes the events as they are.
        """
        siblings = gather(objects)
        if constant is not None and "<" in constant:
            siblings["e"] = [constant]
        same = self._words.same(siblings, self.markets.own)
        if same is not None:
            return same.name, self._todo_of_shared(same)
        made = self._available(name)
        self.structs[made] = DraftStruct(f"{MARK}: what one event is, in one sentence", {})
        self.structs[made].fields = self._fields(made, objects, (), constant)
        return made, ""

    def set_ids(self, event: str, sequence: Mapping[str, Any]) -> None:
        """Take the keys of a sequence for IDs, if nothing else is known of them."""
        drafted = self.structs.get(event)
        for key in sequence.values():
            made = drafted.fields.get(key) if drafted is not None else None
            if made is not None and made.is_unknown_count:
                made.given["type"] = "id"

    def _todo_of_shared(self, struct: Struct) -> str:
        file = struct.place.document.file
        if file.endswith("/types.yaml"):
            return ""
        return f"move {struct.name} from {file} to types.yaml, as both streams have it"

    def _available(self, name: str) -> str:
        """Return a name for a struct that nothing else has."""
        own = self.markets.own
        words = (*own.structs, *own.choices, *own.enums, *self.structs)
        taken = {word.lower() for word in words}
        for made in (name, f"{name}Event", *(f"{name}{number}" for number in range(2, 100))):
            if made.lower() not in taken and made not in self.reserved:
                return made
        return name

    def _fields(
        self, struct: str, objects: list[dict[str, Any]], path: Path, constant: str | None = None
    ) -> dict[str, DraftField]:
        siblings = gather(objects)
        fields: dict[str, DraftField] = {}
        used: set[str] = set()
        for key, values in siblings.items():
            if key == "e" and constant is not None and not path:
                given = {"name": "event_type", "constant": constant, "description": "Event type."}
                fields[key] = DraftField(given)
            else:
                fields[key] = self._field(struct, key, values, siblings, (*path, key))
            name = fields[key].given.get("name")
            if name in used and name != MARK:
                first = next(
                    other for other, made in fields.items() if made.given.get("name") == name
                )
                ask(fields[key], f"another name than the one of {first}")
            used.add(str(name))
        return fields

    def _field(
        self,
        struct: str,
        key: str,
        values: list[Any],
        siblings: Mapping[str, list[Any]],
        path: Path,
    ) -> DraftField:
        present = [value for value in values if value is not MISSING]
        candidates = self._words.candidates(key, present, siblings)
        comment = self.comments.get(path, "")
        ignored = candidates[0] if candidates and candidates[0].field.ignored else None
        if says_ignore(comment) or (not comment and ignored is not None and is_sure(candidates)):
            return ignored_field(ignored, len(present) < len(values))
        candidates = [each for each in candidates if not each.field.ignored]
        made = DraftField({})
        chosen = self._name(made, key, comment, candidates)
        self._type(made, struct, key, present, chosen, path)
        is_missing = len(present) < len(values)
        if is_missing and (None in present or ("" in present and made.given["type"] == "decimal")):
            ask(
                made, "it was missing at times, and null or empty at others: a field is one of them"
            )
        if is_missing:
            made.given["optional"] = True
        elif None in present:
            made.given["nullable"] = True
        elif made.given.get("type") == "decimal" and "" in present:
            made.given["empty"] = True
        if chosen is not None and not made.given.keys() & {"optional", "nullable", "empty"}:
            # One message shows less than the page of a similar stream.
            is_sure_of_it = chosen.similarity >= 1 and chosen.market == self.markets.name
            for word in ("optional", "nullable", "empty"):
                if getattr(chosen.field, word) and is_sure_of_it:
                    made.given[word] = True
        made.given["description"] = description(comment, chosen, candidates)
        return made

    def _name(
        self, made: DraftField, key: str, comment: str, candidates: list[Candidate]
    ) -> Candidate | None:
        """Set the name of a field; returns the field of another struct that it is taken from."""
        said = in_words(comment)
        best = candidates[0] if candidates else None
        same = name_in(said, candidates) if said else best
        if same is not None and (said or is_sure(candidates)):
            made.given["name"] = same.field.name
            return same
        if said and not (best is not None and is_sure(candidates) and says_the_same(said, best)):
            made.given["name"] = identifier(said)
            known = [each for each in candidates if is_alike(said, each)]
            if best is not None and is_sure(candidates):
                known = [best]
            if known:
                ask(made, f"or {alternatives(known[:1])}?")
            elif len(said) > _MOST_WORDS and made.given["name"] != MARK:
                ask(made, "a shorter name")
            return None
        if best is None:
            word = words_of(key) if len(key) > _LONGEST_ABBREVIATION else ""
            made.given["name"] = word if word and is_field_name(word) else MARK
            return None
        made.given["name"] = best.field.name
        if not is_sure(candidates):
            ask(made, f"is it {alternatives(candidates)}?")
        return best

    def _type(
        self,
        made: DraftField,
        struct: str,
        key: str,
        present: list[Any],
        chosen: Candidate | None,
        path: Path,
    ) -> None:
        given = [value for value in present if value is not None]
        if given and all(isinstance(value, list) for value in given):
            self._list(made, struct, key, given, chosen, path)
            return
        if given and all(value == {} for value in given):
            made.given["type"] = MARK
            return
        if given and all(isinstance(value, dict) for value in given):
            made.given["type"] = self._inner(made, struct, key, given, chosen, path)
            return
        if chosen is not None and not chosen.field.is_list and chosen.field.constant is None:
            type = chosen.field.type
            if type in ("decimal", "number", "timestamp", "id", "count", "bool", "symbol", "text"):
                made.given["type"] = type
                return
            own = self.markets.own
            if type in {*own.choices, *own.enums} and given:
                made.given["type"] = type
                return
            if type in self._closed(chosen):
                made.given["type"] = "text"
                made.hint = (
                    f"It is {type} in types.yaml of {chosen.market}: copy that, or leave text."
                )
                return
        made.given["type"] = self._scalar(made, given, self.comments.get(path, ""))

    def _closed(self, chosen: Candidate) -> set[str]:
        spec = dict(self.markets.all)[chosen.market]
        return {*spec.choices, *spec.enums}

    def _scalar(self, made: DraftField, given: list[Any], comment: str) -> str:
        words = in_words(comment)
        if not given:
            ask(made, "its type, as it was always null")
            return MARK
        if all(isinstance(value, bool) for value in given):
            return "bool"
        if all(isinstance(value, int) and not isinstance(value, bool) for value in given):
            if all(is_time(value) for value in given) or "time" in words:
                return "timestamp"
            name = made.given.get("name", "").split("_")
            if "id" in words or "id" in name or max(given) >= _LEAST_ID:
                return "id"
            return "count"
        if all(
            isinstance(value, int | Fraction) and not isinstance(value, bool) for value in given
        ):
            return "number"
        if all(isinstance(value, str) for value in given):
            filled = [value for value in given if value]
            is_id = made.given.get("name", "").endswith("_id")
            if is_id and all(value.isdecimal() for value in filled):
                return "text"
            if filled and all(DECIMAL.fullmatch(value) for value in filled):
                return "decimal"
            if "symbol" in made.given.get("name", "").split("_"):
                return "symbol"
            return "text"
        ask(made, "one type: there were values of several")
        return MARK

    def _list(
        self,
        made: DraftField,
        struct: str,
        key: str,
        given: list[list[Any]],
        chosen: Candidate | None,
        path: Path,
    ) -> None:
        items = [item for value in given for item in value]
        if not items:
            if chosen is not None and chosen.field.is_list:
                made.given["type"] = {"list": self._taken(chosen)}
                return
            made.given["type"] = {"list": MARK}
            return
        if not any(items) and isinstance(items[0], dict | list):
            made.given["type"] = {"list": MARK}
        elif all(isinstance(item, dict) for item in items):
            inner = self._inner(made, struct, key, items, chosen, path)
            made.given["type"] = {"list": inner}
        elif all(isinstance(item, list) for item in items):
            made.given["type"] = {"list": self._array(made, struct, key, items)}
        elif not any(isinstance(item, dict | list) for item in items):
            is_array = len({kind_of(item) for item in items}) > 1
            if is_array:
                made.given["type"] = self._array(made, struct, key, given)
            else:
                made.given["type"] = {"list": self._scalar(made, items, "")}
        else:
            made.given["type"] = {"list": MARK}

    def _taken(self, chosen: Candidate) -> str:
        """Return the type of a field of another struct, which the file declares if it has to."""
        type = chosen.field.type
        spec = dict(self.markets.all)[chosen.market]
        if type in self.markets.own.structs or type not in spec.structs:
            return type
        self._copy(spec.structs[type])
        return type

    def _copy(self, struct: Struct) -> None:
        fields = {each.key: DraftField(as_given(each)) for each in struct.fields}
        self.structs.setdefault(struct.name, DraftStruct(struct.summary, fields, struct.is_array))

    def _array(self, made: DraftField, struct: str, key: str, items: list[list[Any]]) -> str:
        """Return the struct of lists with fixed places."""
        is_level = all(
            len(item) == 2 and all(isinstance(v, str) and DECIMAL.fullmatch(v) for v in item)
            for item in items
        )
        if is_level:
            for _, spec in self.markets.all:
                if "PriceLevel" in spec.structs:
                    if spec is not self.markets.own:
                        self._copy(spec.structs["PriceLevel"])
                    return "PriceLevel"
        name = self._inner_name(made, struct, key)
        places = max(map(len, items))
        fields = {}
        for at in range(places):
            values = [item[at] for item in items if len(item) > at and item[at] is not None]
            place = DraftField({"name": MARK})
            place.given["type"] = self._scalar(place, values, "")
            place.given["description"] = MARK
            fields[f"place_{at + 1}"] = place
        self.structs[name] = DraftStruct(f"{MARK}: what it is, in one sentence", fields, True)
        return name

    def _inner(
        self,
        made: DraftField,
        struct: str,
        key: str,
        objects: list[dict[str, Any]],
        chosen: Candidate | None,
        path: Path,
    ) -> str:
        same = self._words.same(gather(objects), self.markets.own)
        if same is not None:
            todo = self._todo_of_shared(same)
            if todo:
                ask(made, todo)
            return same.name
        name = self._inner_name(made, struct, key)
        self.structs[name] = DraftStruct(f"{MARK}: what it is, in one sentence", {})
        if made.given.get("name") == MARK:
            self.structs[name].todo = "a name that says what it is, here and above"
        self.structs[name].fields = self._fields(name, objects, path)
        return name

    def _inner_name(self, made: DraftField, struct: str, key: str) -> str:
        word = made.given.get("name", MARK)
        if word == MARK:
            word = words_of(key) or "part"
        singular = word[:-1] if word.endswith("s") and not word.endswith("ss") else word
        return self._available(f"{struct}{camel(singular)}")
