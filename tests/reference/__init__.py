"""A second, plain implementation of the SMB option, to compare the engine with.

It shares no code with the engine and is meant to be read beside the specification: exact
fractions, one row after the other, no cleverness.
"""
