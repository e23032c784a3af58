"""Access (查阅): view requests, approval chains, grants, and the register of use.

Owns who asked to see what, who signed, what a grant shows and who saw it. Says `view_request.submitted`,
`grant.approved` and `grant.ended`. Hears persons, their kin, dossiers and filed materials from the catalog, units
from transfer, and accounts from the gateway.
"""
