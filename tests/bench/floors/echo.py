"""A bare ASGI answer behind the same HTTP server: the least that one request can cost."""

BODY = b'{"status":"ok"}'


async def app(scope, receive, send):
    """Answer any request with the same few bytes."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})
