"""Which kind of gamepad it is: what is printed on its buttons."""

from __future__ import annotations

from game.ui.widgets.input_kind import InputKind

# USB vendors, as SDL writes them into a pad's GUID.
_VENDORS = {
    0x045E: InputKind.XBOX,
    0x054C: InputKind.PLAYSTATION,
    0x057E: InputKind.NINTENDO,
    0x28DE: InputKind.DECK,
}
# Others build pads for these consoles; their names say so.
_NAMES = (
    (InputKind.DECK, ("steam deck",)),
    (InputKind.PLAYSTATION, ("playstation", "dualshock", "dualsense", "ps3", "ps4", "ps5")),
    (InputKind.NINTENDO, ("nintendo", "switch", "joy-con", "joycon", "pro controller", "snes")),
)


def pad_kind(guid: str, name: str) -> InputKind:
    """Return the kind of the pad with SDL's `guid`, 32 hexadecimal digits, and `name`.

    Whatever nobody knows is taken for an Xbox's, whose letters most makers print.
    """
    found = _VENDORS.get(_vendor(guid))
    if found is not None:
        return found
    low = name.lower()
    return next(
        (kind for kind, words in _NAMES if any(word in low for word in words)), InputKind.XBOX
    )


def _vendor(guid: str) -> int:
    """Return the USB vendor in `guid`, 0 where it holds none: bytes 4 and 5, the low one first."""
    try:
        data = bytes.fromhex(guid)
    except ValueError:
        return 0
    return int.from_bytes(data[4:6], "little") if len(data) == 16 else 0
