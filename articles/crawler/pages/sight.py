"""Ways to set a text out of sight that is displayed all the same, by CSS or a name."""

import re

NO_SIZE = re.compile(r"0*\.?0+(?:px|em|rem|%|pt)?")
FAR_OFF = re.compile(
    r"-\d{4,}(?:\.\d+)?(?:px|pt)?|-999(?:px|em|rem)|-\d{3,}(?:em|rem|vw)"
)
NO_CLIP = re.compile(r"rect\((?:\s*[01](?:px)?\s*,?){4}\)")
NO_CLIP_PATH = re.compile(r"inset\((?:50|100)%\)")
HIDDEN_NAMES = {
    "hidden",
    "d-none",
    "is-hidden",
    "u-hidden",
    "print-only",
    "only-print",
    "visible-print",
    "visible-print-block",
}
# Where such a name holds for some widths only: "hidden md:block", "d-none d-lg-flex".
SHOWN_NAME = re.compile(
    r"(?:(?!print)[\w-]+:|d-(?:sm|md|lg|xl|xxl)-|(?:show|visible)-(?!print))"
    r"(?!none|hidden)\S*"
)


def is_out_of_sight(style: dict[str, str]) -> bool:
    """Whether an element's {property: value}, in lower case, keep it from readers."""
    position = style.get("position", "static")
    cut = style.get("overflow") in {"hidden", "clip"}
    sizes = ("font-size", "opacity", *(("height", "max-height") if cut else ()))
    return (
        position == "fixed"  # a bar over the text
        or any(NO_SIZE.fullmatch(style.get(name, "")) for name in sizes)
        or (position != "static" and _is_off(style))
        or bool(FAR_OFF.fullmatch(style.get("text-indent", "")))
    )


def _is_off(style: dict[str, str]) -> bool:
    sides = [style.get(name, "") for name in ("left", "top", "right", "bottom")]
    return (
        any(map(FAR_OFF.fullmatch, sides))
        or bool(NO_CLIP.fullmatch(style.get("clip", "")))
        or bool(NO_CLIP_PATH.fullmatch(style.get("clip-path", "")))
    )


def is_named_hidden(classes: str) -> bool:
    """Whether a class attribute has a name for what is hidden, at all widths."""
    names = classes.lower().split()
    return not HIDDEN_NAMES.isdisjoint(names) and not any(
        map(SHOWN_NAME.fullmatch, names)
    )
