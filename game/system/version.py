"""The version of BigChamp: the one place that says it."""

VERSION = "0.1.0"
MAKER = f"BigChamp {VERSION}"
