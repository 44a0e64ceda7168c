"""Serve the Autobahn cases, then print how they went.

A program of its own, as kosoku puts stand-ins for whole packages on the path of the process that
runs it. It prints the port, and once the client has asked for the report, a list as JSON:
the case, the verdicts on its messages and on its close, and the reasons for both.
"""

from __future__ import annotations

import asyncio
import json
import sys

from kosoku import FailureError, run_fuzzingserver


async def judge(cases: list[str], excluded: list[str], limit: float) -> None:
    async with run_fuzzingserver(cases, excluded, host="127.0.0.1", port=0) as server:
        print(server.port, flush=True)
        try:
            # Bounded, so that nothing is left running if the tests are killed.
            results = await asyncio.wait_for(server.get_result(), limit)
        except FailureError as failure:
            results = failure.results
    print(
        json.dumps(
            [
                (
                    result.case_id,
                    result.behavior.value,
                    result.behavior_close.value,
                    f"{result.result} {result.result_close}",
                )
                for result in results
            ]
        )
    )


if __name__ == "__main__":
    asyncio.run(judge(sys.argv[1].split(","), sys.argv[2].split(","), float(sys.argv[3])))
