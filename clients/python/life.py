"""usage: life.py URL | life.py PROGRAM URL: an agent's work, by the official Python SDK."""

import asyncio
import json
import sys

from mcp import Client, StdioServerParameters


async def main(first: str, second: str | None) -> None:
    if second:
        server = StdioServerParameters(command=first, args=["mcp", "--url", second])
    else:
        server = f"{first}/mcp"
    project = "python-stdio" if second else "python"
    async with Client(server) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "task__claim" in names, names
        await client.call_tool("system__register", {"id": project, "roles": []})
        made = await client.call_tool("task__create", {"text": "by python", "project": project})
        assert made.structured_content["status"] == "pending", made
        claimed = await client.call_tool("task__claim", {"workerId": project, "project": project})
        task = claimed.structured_content["task"]
        report = {"id": task["id"], "workerId": project, "fence": task["lease"]["fence"]}
        stale = await client.call_tool("task__complete", {**report, "fence": report["fence"] + 1})
        assert stale.is_error and "stale_fence" in stale.content[0].text, stale
        done = await client.call_tool("task__complete", {**report, "result": {"by": "python"}})
        assert done.structured_content["status"] == "completed", done
        shown = await client.read_resource(f"task://view/{task['id']}")
        assert json.loads(shown.contents[0].text)["result"] == {"by": "python"}, shown


asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
