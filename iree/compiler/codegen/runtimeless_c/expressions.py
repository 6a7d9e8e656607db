"""C expressions as text, with as few parentheses as reading them takes."""

from dataclasses import dataclass

PRIMARY, UNARY, PRODUCT, SUM, RELATION, CHOICE = 15, 14, 13, 12, 10, 3
_BITS = 8  # &, |, ^ and shifts, whose precedence compilers warn to rely on


@dataclass(frozen=True)
class Expr:
    """A text and how tightly its outermost operator binds."""

    text: str
    level: int = PRIMARY

    def at(self, level: int) -> str:
        """The text, in parentheses where the operator around it binds tighter."""
        return self.text if self.level >= level else f"({self.text})"


def call(function: str, *arguments: Expr) -> Expr:
    """function(a, b)."""
    return Expr(f"{function}({', '.join(argument.text for argument in arguments)})")


def index(array: str, *positions: Expr) -> Expr:
    """array[i] or array[i][j]."""
    return Expr(array + "".join(f"[{position.text}]" for position in positions))


def product(operator: str, a: Expr, b: Expr) -> Expr:
    """a * b, a / b or a % b."""
    return Expr(f"{a.at(PRODUCT)} {operator} {b.at(PRODUCT + 1)}", PRODUCT)


def total(operator: str, a: Expr, b: Expr) -> Expr:
    """a + b or a - b."""
    return Expr(f"{a.at(SUM)} {operator} {b.at(SUM + 1)}", SUM)


def bits(operator: str, a: Expr, b: Expr) -> Expr:
    """a & b, a | b, a ^ b, a << b or a >> b."""
    return Expr(f"{_bits_operand(a)} {operator} {_bits_operand(b)}", _BITS)


def _bits_operand(a: Expr) -> str:
    """Compilers take !a & b for a slip, and warn."""
    return f"({a.text})" if a.text.startswith("!") else a.at(UNARY)


def relation(operator: str, a: Expr, b: Expr) -> Expr:
    """a < b, a == b and so on."""
    return Expr(f"{a.at(SUM)} {operator} {b.at(SUM)}", RELATION)


def choice(condition: Expr, true: Expr, false: Expr) -> Expr:
    """condition ? true : false."""
    return Expr(f"{condition.at(RELATION)} ? {true.at(SUM)} : {false.at(SUM)}", CHOICE)


def prefix(operator: str, a: Expr) -> Expr:
    """-a or !a."""
    text = a.at(UNARY)
    return Expr(f"{operator}({text})" if text.startswith(operator) else operator + text, UNARY)


def cast(type_: str, a: Expr) -> Expr:
    """(type)a."""
    return Expr(f"({type_}){a.at(UNARY)}", UNARY)
