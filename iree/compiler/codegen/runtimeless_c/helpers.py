"""Functions of C that kernels call for what C's operators leave undefined or do not have; a file gets those it uses.

Integers wrap around, the greater of a number and a NaN is the NaN, 0.0 is greater than -0.0.
"""

_FLOATS = {"f32": ("float", "int32_t"), "f64": ("double", "int64_t")}


def _wrapping(width: int) -> dict[str, str]:
    signed, unsigned = f"int{width}_t", f"uint{width}_t"
    return {
        f"{name}_i{width}": f"""\
static inline {signed} {name}_i{width}({signed} a, {signed} b) {{
  return ({signed})(({unsigned})a {operator} ({unsigned})b);
}}
"""
        for name, operator in (("add", "+"), ("sub", "-"), ("mul", "*"))
    }


def _ordered(width: int) -> dict[str, str]:
    found = {}
    for sign, kind in (("", "i"), ("u", "u")):
        type_ = f"{sign}int{width}_t"
        for name, operator in (("min", "<"), ("max", ">")):
            found[f"{name}_{kind}{width}"] = f"""\
static inline {type_} {name}_{kind}{width}({type_} a, {type_} b) {{
  return a {operator} b ? a : b;
}}
"""
    return found


def _floats(name: str) -> dict[str, str]:
    type_, bits = _FLOATS[name]
    found = {
        f"bits_of_{name}": f"""\
static inline {bits} bits_of_{name}({type_} x) {{
  {bits} bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}}
""",
        f"{name}_of_bits": f"""\
static inline {type_} {name}_of_bits({bits} bits) {{
  {type_} x;
  memcpy(&x, &bits, sizeof x);
  return x;
}}
""",
    }
    for function, operator, zeros in (("max", ">", "&"), ("min", "<", "|")):
        found[f"{function}_{name}"] = f"""\
/* The {"greater" if function == "max" else "lesser"} number, or a NaN; 0.0 is greater than -0.0. */
static inline {type_} {function}_{name}({type_} a, {type_} b) {{
  const {type_} equal = {name}_of_bits(bits_of_{name}(a) {zeros} bits_of_{name}(b));
  const {type_} chosen = a {operator} b ? a : b;
  return a != a ? a : a == b ? equal : chosen;
}}
"""
    return found


_HALF = """\
/* The number that the bits of an IEEE half say. */
static inline float f32_of_f16(uint16_t half) {
  const int32_t magnitude = half & 0x7fff;
  const int32_t bits = (magnitude << 13) + (magnitude < 0x7c00 ? 0x38000000 : 0x70000000);
  const float number = magnitude < 0x400 ? (float)magnitude * 0x1p-24f : f32_of_bits(bits);
  return half & 0x8000 ? -number : number;
}
"""

HELPERS: dict[str, str] = {
    **{name: text for width in (32, 64) for name, text in _wrapping(width).items()},
    **{name: text for width in (8, 16, 32, 64) for name, text in _ordered(width).items()},
    **{name: text for float_ in _FLOATS for name, text in _floats(float_).items()},
    "f32_of_f16": _HALF,
}


def definitions(used: set[str]) -> str:
    """The helpers that are used, and those that they use, in an order that C can read."""
    needed = set(used)
    while True:
        more = {name for name in HELPERS for user in needed if name != user and f"{name}(" in HELPERS[user]}
        if more <= needed:
            return "\n".join(HELPERS[name] for name in HELPERS if name in needed)
        needed |= more
