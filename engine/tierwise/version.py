"""The version of tierwise, in one place."""

VERSION = "0.1.0"
