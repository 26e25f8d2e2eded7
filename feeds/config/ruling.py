"""Rules in feeds.yaml: one, or several of which one has to be met."""

from feeds.config.values import ONE_OR_MORE, Substituted, Unfit, Value
from feeds.core.sorting.rules import compile_rule
from feeds.errors import RuleError


def _rule(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit
    found = str(value).rstrip()  # nothing else is touched: blanks count inside quotes, and so does the column
    try:
        compile_rule(found)
    except RuleError as error:
        wrong = "holds a rule that cannot be read" if isinstance(value, Substituted) else error.message
        raise Unfit(column=error.column, wrong=wrong) from error
    return found


rule = Value("give a rule, as in title ~ '광고'", _rule)


def _any_rule(value: object) -> str:
    """Several rules are one that is met where one of them is."""
    if not isinstance(value, list | tuple):
        return _rule(value)
    return " or ".join(f"({_rule(one)})" for one in value)


any_rule = Value(
    "give a rule, as in title ~ '광고', or a list of them",
    _any_rule,
    ONE_OR_MORE,
)
