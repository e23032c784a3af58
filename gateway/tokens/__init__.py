"""Tokens at the border: what comes in is verified, what goes inside is minted anew."""
