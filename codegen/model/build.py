"""Builds the model from the checked spec: everything that templates print is decided here."""

from __future__ import annotations

from pathlib import Path

from codegen.model import api as build_api
from codegen.model import columns, payload_schema, rest_conformance
from codegen.model import conformance as build_conformance
from codegen.model import messages as build_messages
from codegen.model import methods as build_methods
from codegen.model import order_book as build_order_book
from codegen.model import rest as build_rest
from codegen.model import streams as build_streams
from codegen.model import structs as build_structs
from codegen.model import typechecks as build_typechecks
from codegen.model import venue as build_venue
from codegen.model.parts import Model
from codegen.read.markets import Market
from codegen.read.queries import ACCOUNT_EXPORTS, PACKAGE_EXPORTS, names_in
from codegen.read.spec_model import Spec


def build(spec: Spec, market: Market, runtime_exports: tuple[str, ...]) -> Model:
    """Build the whole model of one market."""
    structs = build_structs.all_structs(spec)
    enums = build_structs.enums(spec)
    choices = build_structs.choices(spec)
    unions = build_streams.unions(spec)
    by_name = {struct.name: struct for struct in structs}
    streams = build_streams.streams(spec, by_name, market.name)
    own = sorted(
        [
            *(struct.name for struct in structs),
            *(enum.name for enum in enums),
            *(alias.name for alias in (*choices, *unions)),
        ]
    )
    reserved = {*PACKAGE_EXPORTS, *own, *(ACCOUNT_EXPORTS if spec.api is not None else ())}
    runtime = tuple(sorted(name for name in runtime_exports if name not in reserved))
    return Model(
        market=market.name,
        package=spec.connection["package"],
        made_by=market.made_by,
        structs=structs,
        columns=columns.columns(spec),
        enums=enums,
        choices=choices,
        unions=unions,
        written=build_streams.written_constants(spec),
        streams=streams,
        client=build_methods.client(spec),
        async_client=build_methods.async_client(spec),
        venue_name=spec.connection["name"],
        has_time_unit="time_unit" in spec.connection,
        has_mixed_case=any(
            name != name.lower() for stream in spec.streams for name in stream.parameters
        ),
        client_options="TimedClientOptions" if "time_unit" in spec.connection else "ClientOptions",
        compat=spec.connection.get("compat"),
        any_event=build_streams.any_event(spec),
        has_several_events=" | " in unions[-1].expression,
        server_names=build_venue.server_names(spec.connection),
        rest=build_rest.rest(spec),
        api=build_api.api(spec, by_name),
        order_book=build_order_book.order_book(spec, streams),
        events=build_typechecks.events(spec),
        recorded=build_typechecks.recorded(spec),
        venue=build_venue.venue(spec, market.name),
        runtime_exports=runtime,
        own_exports=tuple(own),
        exports=tuple(sorted({*reserved, *runtime})),
        messages=build_messages.messages(spec, market.name, market.made_by),
        schemas=payload_schema.schemas(spec, market.made_by),
        conformance={
            stream.key: build_conformance.conformance(
                spec, stream, rest_conformance.rows(spec, stream)
            )
            for stream in spec.streams
        },
        typechecks=build_typechecks.typechecks(spec),
    )


def exports_of(runtime: Path) -> tuple[str, ...]:
    """Return what users of the generated package get of the runtime.

    Parsed, as generating must not run it.
    """
    module = runtime / "generated_api.py"
    internal = names_in(module, "INTERNAL")
    return tuple(name for name in names_in(module, "__all__") if name not in internal)
