"""What the catalog prints: documents built from what it knows, and the same as files that offices edit on.

Everything here is a plain function of values, made for a process pool: nothing is looked up.
"""
