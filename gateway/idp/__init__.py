"""The built-in identity provider of the embedded and sandbox profiles: accounts of its own, OpenID outward.

It is an issuer like any other: the gateway reads its discovery document and keys and verifies its tokens.
"""
