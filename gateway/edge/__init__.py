"""The edge: bare ASGI between the outside and the services. Nothing here knows what a dossier is."""
