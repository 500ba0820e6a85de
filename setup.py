"""How an installed copy is laid: all of it in one folder `bigchamp`, as it lies in the repository.

The packages `game` and `agents` have names that other distributions use too. Side by side in
site-packages, one would overwrite the other's files without a word. In a folder of our own they
collide with nothing; `main.py` puts that folder first where Python looks for modules. Everything
else about the distribution is in pyproject.toml.
"""

from setuptools import find_packages, setup

HOUSE = "bigchamp"
PACKAGES = find_packages(include=["agents*", "game*"])

setup(
    packages=[HOUSE, *(f"{HOUSE}.{package}" for package in PACKAGES)],
    package_dir={HOUSE: "."},
    package_data={
        HOUSE: ["assets/**/*", "models/*.tflite", "models/*.json", "models/ladder/*"],
    },
    exclude_package_data={HOUSE: ["assets/screenshot.png"]},
    include_package_data=False,
)
