"""The front end for asyncio: an engine, and tasks that wait for what it delivers."""
