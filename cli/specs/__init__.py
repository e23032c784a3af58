"""Writes the contracts that are generated from the code: OpenAPI, one a service and merged, and AsyncAPI.

It stands with the CLI because it imports every service, which `contracts` must not.
"""
